package loop

import "slices"

// stepsNothing looks for an optimizer of the user's whose step() moves nothing, though it has gradients and a rate: what it computes gets a
// name of its own, as in p = p - lr * p.grad, and never comes into the weights. Of optimizers that are known here gradients, rates and
// what overwrites weights tell why nothing moves.
func stepsNothing(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	longest := 0.0
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.Arrayed || !s.did("step") || s.Closure {
			continue
		}
		gradient := gradientNorm(r, s, s.seen)
		if gradient == 0 || !hasRate(s) {
			continue
		}
		of++
		if !slices.ContainsFunc(s.Stepped, func(i int) bool { return norm(s.update(i)) > 0 }) {
			if times++; first == nil {
				first = s
			}
			longest = max(longest, gradient)
		}
	}
	if times < 2 || times < of || !slices.ContainsFunc(r.Optimizers, r.isOwn) {
		return nil
	}
	return found(NoUpdate, 0.93, first.Number, line(first),
		r.spoken("step()", "apply()")+" of an optimizer of your own was called with gradients of a norm of up to %s and a rate above 0, and no weight is another behind it (%d of %d steps): what it computes doesn't come into the weights",
		number(longest), times, of).by(stepOfNothing)
}

// isOwn reports whether what an optimizer computes isn't known here.
func (r *Recording) isOwn(o Optimizer) bool {
	_, why := r.rule(o, slices.Concat(o.Holds...), func(i int) []string { return []string{pathOf(i)} })
	return why != ""
}

// hasRate reports whether a group of the step's optimizers has a rate that isn't 0, or has none that is known.
func hasRate(s *Step) bool {
	for _, group := range s.Rates {
		if slices.ContainsFunc(group, func(rate float64) bool { return rate != 0 }) {
			return true
		}
	}
	return len(s.Rates) == 0
}

// stepOfNothing is how an optimizer's own step leaves the weights as they are.
const stepOfNothing = "a step of nothing"
