package loop

import (
	"math"
	"slices"
)

// sameWay is the cosine from which a gradient is that of a loss.
const sameWay = 0.999

// targetRow is the shape of a row of targets as the recorded losses are of, where the watch was given another: a loop squeezes its outputs,
// or gives its targets an axis, and hands the watch what it had before. nil: it is the one that was given, or not known. It is asked for
// where no loss of each output with each target was found.
func (r *Recording) targetRow(all *replays) []int {
	if r.Framework != torchFramework { // Keras gives both one shape by itself
		return nil
	}
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		outputs, targets := s.named("out"), s.named("y")
		if one.claim == nil || len(outputs) != 1 || len(targets) != 1 {
			continue
		}
		o, y := outputs[0], targets[0]
		if len(o.Shape) == 0 || len(y.Shape) == 0 || o.Shape[0] != y.Shape[0] || len(o.Values) != len(y.Values) || slices.Equal(o.Shape, y.Shape) {
			continue
		}
		compared := s.Loss != nil && !math.IsNaN(one.value)
		if compared || one.along > sameWay || one.own.aa > 0 && one.own.cosine() > sameWay {
			return append([]int{}, o.Shape[1:]...)
		}
	}
	return nil
}
