package loop

import (
	"math"
	"slices"
	"strings"
)

// Steps of which only what the optimizer was given is seen have for gradients of their own those that are computed here, of the model as
// it is: they tell nothing of what the loop computed, and what it was given is compared with them.

// givenNothing looks for parameters of which the optimizer is given exactly 0 at each step, where the claimed loss has a gradient by them,
// in a program that cuts something off. Without that the loop may have set them to 0 itself, to freeze them.
func (r *Recording) givenNothing() *Finding {
	cutting := r.cuts()
	if len(cutting) == 0 {
		return nil
	}
	held := r.held()
	var nothing []int
	trainable, kernels, steps := 0, 0, 0
	for i, p := range r.Parameters {
		if !p.Model || !p.Trainable || !held[i] {
			continue
		}
		trainable++
		zero, there := 0, 0
		for k := range r.Steps {
			s := &r.Steps[k]
			own, seen := s.own(i), s.seen(i)
			if s.View != viewGradients || own == nil || seen == nil {
				continue
			}
			if there++; norm(seen) == 0 && norm(own) > 0 {
				zero++
			}
		}
		if there < supposedSteps || zero < there || !slices.Contains(r.Called, i) {
			continue
		}
		nothing, steps = append(nothing, i), there
		if len(p.Shape) > 1 {
			kernels++
		}
	}
	if kernels == 0 || len(nothing) == trainable {
		return nil
	}
	first := &r.Steps[0]
	return found(Detached, 0.9, first.Number, first.Line, "of %d of %d variables the optimizer is given a gradient of exactly 0 at each of %d steps, though their layers are called and the claimed loss has one (%s), and what the loss is made of is cut off on its way (%s)",
		len(nothing), trainable, steps, r.names(nothing), strings.Join(cutting, ", "))
}

// givenAway is how far what the optimizer is given may go another way than the gradient of the claimed loss.
const givenAway = 0.9

// givenOthers reports whether the optimizer is given gradients that go another way than the claimed loss's at most steps whose loss is the
// claimed one, while the program doesn't change them on the way that is seen.
func (r *Recording) givenOthers(all *replays) bool {
	if r.Source != nil && len(r.Source.of("gradients", "added")) > 0 {
		return false
	}
	compared, away := 0, 0
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.View != viewGradients || s.Autocast != "" || s.Loss == nil || math.IsNaN(all.steps[k].value) || !near(*s.Loss, all.steps[k].value, s.tolerance()) {
			continue
		}
		var p products
		for _, i := range s.Stepped {
			if own := s.accumulated(i); own != nil {
				p.add(s.seen(i), own)
			}
		}
		if p.aa == 0 || p.bb == 0 || !p.finite() {
			continue
		}
		if compared++; p.cosine() < givenAway {
			away++
		}
	}
	return compared >= leastCompared && 2*away > compared
}
