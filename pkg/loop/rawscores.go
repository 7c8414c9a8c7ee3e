package loop

import "example.com/unstuck/pkg/dataset"

// How a loss comes about that takes logarithms of probabilities and is given something else: nll_loss has no logarithm and no softmax of its
// own, so it falls below any bound.
const (
	likelihoodOfScores        = "the negative of the output of the target's class (nll_loss of what no log-softmax has made, which falls below any bound)"
	likelihoodOfProbabilities = "the negative of the probability of the target's class (nll_loss of a softmax, where it takes a log-softmax)"
)

// ofTargets is minus the mean of what stands at the classes that the targets name, the class axis being the second one; probable: behind a softmax.
func ofTargets(probable bool) func(r *Recording, all *replays, k int) (float64, bool) {
	return func(_ *Recording, all *replays, k int) (float64, bool) {
		for _, c := range all.steps[k].claims {
			if len(c.outputs) != 1 || len(c.targets) != 1 || len(c.outputs[0].Shape) < 2 {
				continue
			}
			o, y := c.outputs[0], c.targets[0].Values
			classes, places := o.Shape[1], 1
			for _, n := range o.Shape[2:] {
				places *= n
			}
			if classes < 2 || len(y) == 0 || len(y)*classes != len(o.Values) {
				continue
			}
			switch {
			case probable && places > 1: // the softmax here is that over the last axis
				continue
			case probable:
				o = softmax(dataset.Array{Shape: o.Shape[:2], Values: o.Values})
			}
			total, ok := 0.0, true
			for i, v := range y {
				class := int(v)
				if float32(class) != v || class < 0 || class >= classes {
					ok = false
					break
				}
				total -= float64(o.Values[(i/places*classes+class)*places+i%places])
			}
			if ok {
				return total / float64(len(y)), true
			}
		}
		return 0, false
	}
}
