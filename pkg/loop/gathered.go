package loop

// gathered looks for gradients that a loop adds up in variables of its own, and that stay there when a step has used them: each step goes by the sum of
// all since the beginning, where that since the last step was to be used. A clip or a mean changes the length of the sum alone.
func gathered(r *Recording) *Finding {
	times, of, steps := 0, 0, 0
	var first *Step
	all, since := map[int][]float32{}, map[int][]float32{}
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.Closure || s.Backwards == 0 || !s.Arrayed {
			return nil // what it has made isn't known
		}
		for i := range r.Parameters {
			if own := s.own(i); own != nil {
				all[i], since[i] = added(all[i], own), added(since[i], own)
			}
		}
		if !s.did("step") {
			continue
		}
		var whole, last products
		for _, i := range s.Stepped {
			if seen := s.seen(i); seen != nil && since[i] != nil {
				whole.add(seen, all[i])
				last.add(seen, since[i])
			}
		}
		if steps++; steps > 1 && whole.aa > 0 && whole.finite() && last.finite() {
			if of++; whole.cosine() > 0.9999 && last.cosine() < 0.999 { // of the first step both sums are one
				if times++; first == nil {
					first = s
				}
			}
		}
		clear(since)
	}
	if times < 2 || times < of {
		return nil
	}
	return found(GradientsAccumulate, 0.95, first.Number, line(first),
		"step %d: the gradient that the optimizer saw goes by the sum of all since the loop began, those included that steps before have used (%d of %d steps, a cosine above 0.9999): "+r.spoken("nothing clears what the loop adds gradients to", "what the loop adds gradients to isn't set to zero behind a step"),
		first.Number, times, of).by(addedUp)
}
