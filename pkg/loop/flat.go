package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// flat looks for a loss whose gradient at the outputs is exactly zero at every step although the claimed loss has one there: on the way
// stands what is flat, and what comes back are zeros.
func flat(r *Recording, all *replays) *Finding {
	times := 0
	var first *Step
	for k := range r.Steps {
		s, by := &r.Steps[k], r.Steps[k].named("cotangent")
		if s.Backwards == 0 || len(by) == 0 || s.Loss == nil || math.Abs(*s.Loss) < 1e-6 {
			continue
		}
		for _, c := range by {
			if norm(c.Values) > 0 {
				return nil
			}
		}
		if claimed := all.steps[k].gradient; claimed != nil && !slices.ContainsFunc(claimed, func(c dataset.Array) bool { return norm(c.Values) > 0 }) {
			return nil // where everything is predicted, or out of the loss's reach
		}
		if times++; first == nil {
			first = s
		}
	}
	if times < 2 {
		return nil
	}
	return found(NoUpdate, 0.95, first.Number, line(first), "the loss is %s at step %d and its gradient at the model's outputs is exactly zero there, as at all %d steps with a gradient: between the outputs and the loss stands what is flat, such as round, sign, a comparison or a clamp",
		number(*first.Loss), first.Number, times).by("cut")
}
