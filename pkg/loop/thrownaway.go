package loop

import "slices"

// thrownAway looks for gradients of several batches that a step was to add up and that are cleared at each: the step is made of the
// last of them alone.
func thrownAway(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	for k := 0; k+1 < len(r.Steps); k++ {
		s, next := &r.Steps[k], &r.Steps[k+1]
		if s.did("step") || s.Loss == nil || s.Backwards == 0 || next.Backwards == 0 || !s.Arrayed || !next.Arrayed {
			continue
		}
		left, kept := 0.0, 0.0
		for i := range r.Parameters {
			if next.own(i) != nil {
				left += norm(s.accumulated(i))
				kept += norm(next.start(i))
			}
		}
		if left == 0 {
			continue
		}
		of++
		if kept == 0 {
			if times++; first == nil {
				first = s
			}
		}
	}
	stepped := slices.ContainsFunc(r.Steps, func(s Step) bool { return s.did("step") })
	if !stepped || times < 2 || 2*times < of || addedByHand(r) {
		return nil
	}
	return found(GradientsCleared, 0.94, first.Number, line(first),
		"step %d: gradients of norm %s were left, no optimizer made a step of them, and they are gone ahead of the next ones (%d of %d such steps): the optimizer's step, which comes once in several batches, is of the last of them alone",
		first.Number, number(gradientNorm(r, first, first.own)), times, of).by(thrown)
}

// addedByHand reports whether most steps are of other gradients than those of their own passes: what isn't left in the weights may be
// added up elsewhere, as a loop of Keras with a GradientTape does.
func addedByHand(r *Recording) bool {
	others, of := 0, 0
	for k := range r.Steps {
		var p products
		for i := range r.Parameters {
			if seen := r.Steps[k].seen(i); seen != nil {
				p.add(seen, r.Steps[k].own(i))
			}
		}
		if p.aa > 0 {
			if of++; p.cosine() < 0.999 {
				others++
			}
		}
	}
	return 2*others > of
}

// thrown is how gradients are cleared that were to be added up.
const thrown = "thrown away"
