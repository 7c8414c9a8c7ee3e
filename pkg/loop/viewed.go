package loop

import (
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// viewedForPermuted is how a loss comes about of outputs whose axes were to be exchanged.
const viewedForPermuted = "that of the outputs with their numbers dealt out to other classes and places, as view and reshape do where axes are to be exchanged: that takes transpose or permute"

// viewed is the claimed loss of outputs of classes at places, the class axis last or second, that were viewed as the other one.
func viewed(r *Recording, all *replays, k int) (float64, bool) {
	outputs, targets := r.Steps[k].named("out"), r.Steps[k].named("y")
	if len(outputs) != 1 || len(targets) != 1 || len(outputs[0].Shape) < 3 || len(targets[0].Values) == 0 {
		return 0, false
	}
	o, y := outputs[0], targets[0]
	n, count := o.Shape[0], len(y.Values)
	classes := len(o.Values) / count
	places := count / max(n, 1)
	if classes < 2 || places < 2 || classes*count != len(o.Values) || places*n != count {
		return 0, false
	}
	values := slices.Clone(o.Values) // with the class axis second, viewed as rows of classes: as they lie
	switch {
	case o.Shape[len(o.Shape)-1] == classes:
		for i := range n {
			for c := range classes {
				for p := range places {
					values[(i*places+p)*classes+c] = o.Values[(i*classes+c)*places+p]
				}
			}
		}
	case o.Shape[1] != classes:
		return 0, false
	}
	of := []dataset.Array{{Shape: []int{count, classes}, Values: values}}
	with := []dataset.Array{{Shape: []int{count}, Values: y.Values}}
	l, _ := r.readLoss(of, with)
	if l == nil {
		return 0, false
	}
	v, _, err := valueOf(all.backend, l, of, with)
	return v, err == nil
}

// whereViewed looks for the view; the change is known where the outputs have three axes.
func whereViewed(r *Recording) located {
	all := apart(r.Source.of("viewed"))
	at := one(all)
	for k := range r.Steps {
		if out := r.Steps[k].named("out"); len(out) == 1 && len(out[0].Shape) != 3 {
			at = nil
		}
	}
	if at == nil || at.Without == "" {
		return located{at: all}
	}
	return located{at: all, edits: []Edit{instead(at, at.Without)}}
}
