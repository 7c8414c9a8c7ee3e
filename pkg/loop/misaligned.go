package loop

import (
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// mostPaired bounds the rows whose targets are looked for.
const mostPaired = 64

// mostNumbers bounds the numbers of all pairs of an output and a target.
const mostNumbers = 1 << 22

// misalignedLoss finds out which target each output was compared with: the one by which the loss has the recorded gradient there.
// The targets of the batch and of its neighbours come into question.
func misalignedLoss(r *Recording, all *replays, steps []int, at string) *Finding {
	others, fitted, rows, looked := 0, 0, 0, 0
	var first *Step
	for _, k := range steps {
		s, one := &r.Steps[k], &all.steps[k]
		if len(one.claims) == 0 || s.Forwards != 1 || s.Backwards != 1 || s.Autocast != "" {
			continue
		}
		own, any, n := paired(r, all, k)
		if n == 0 {
			continue
		}
		looked++
		rows, fitted, others = rows+n, fitted+any, others+any-own
		if first == nil && any > own {
			first = s
		}
	}
	if looked < 2 || first == nil || 10*fitted < 9*rows || 10*others < rows {
		return nil
	}
	return found(MisalignedTargets, 0.95, first.Number, first.Line, "%s; by the gradients at the outputs, %d of %d outputs were compared with the target of another row", at, others, rows)
}

// paired counts the rows of step k, own those whose gradient is that with their own target, any those with some target.
func paired(r *Recording, all *replays, k int) (own, any, rows int) {
	recorded := r.Steps[k].named("cotangent")
	for at, c := range all.steps[k].claims {
		if len(c.outputs) != 1 || len(recorded) != 1 || len(c.outputs[0].Values) != len(recorded[0].Values) {
			continue
		}
		if v := recorded[0].Values; len(v) == 0 || slices.Min(v) == slices.Max(v) { // whatever the outputs: they were compared with nothing
			continue
		}
		o := c.outputs[0]
		n := o.Shape[0]
		pool := slices.Clone(c.targets[0].Values)
		width := len(pool) / n
		for _, j := range []int{k - 1, k + 1} {
			if j >= 0 && j < len(all.steps) && at < len(all.steps[j].claims) && len(all.steps[j].claims[at].targets) == 1 {
				pool = append(pool, all.steps[j].claims[at].targets[0].Values...)
			}
		}
		count, candidates, size := min(n, mostPaired), len(pool)/width, len(o.Values)/n
		if count*candidates*max(size, width) > mostNumbers {
			continue
		}
		pairs := claim{loss: c.loss, outputs: []dataset.Array{{Shape: slices.Clone(o.Shape)}}, targets: []dataset.Array{{Shape: slices.Clone(c.targets[0].Shape)}}}
		pairs.outputs[0].Shape[0], pairs.targets[0].Shape[0] = count*candidates, count*candidates
		for i := range count {
			for j := range candidates {
				pairs.outputs[0].Values = append(pairs.outputs[0].Values, o.Values[i*size:(i+1)*size]...)
				pairs.targets[0].Values = append(pairs.targets[0].Values, pool[j*width:(j+1)*width]...)
			}
		}
		_, gradients, err := valueOf(all.backend, pairs.loss, pairs.outputs, pairs.targets)
		if err != nil {
			continue
		}
		scale := float32(count*candidates) / float32(n) // of a mean over all pairs to one over the batch
		for i := range count {
			want := recorded[0].Values[i*size : (i+1)*size]
			fits := func(j int) bool {
				var p products
				g := gradients[0].Values[(i*candidates+j)*size : (i*candidates+j+1)*size]
				scaled := make([]float32, size)
				for x := range g {
					scaled[x] = g[x] * scale
				}
				p.add(scaled, want)
				return p.apart() < max(1e-3, 4*r.Steps[k].unit)
			}
			rows++
			if fits(i) {
				own, any = own+1, any+1
				continue
			}
			for j := range candidates {
				if fits(j) {
					any++
					break
				}
			}
		}
		return own, any, rows
	}
	return 0, 0, 0
}
