package loop

import "slices"

// clearedBetween looks for a step of several backward passes of which only the last counts: of one forward pass, some weights are left
// with nothing of the gradient that they got, and others with a part of it.
//
// What takes the gradient from a part of the model on purpose leaves the others' as they are, and a loop that combines the gradients
// of its tasks by hand leaves none without.
func clearedBetween(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	var gone []int
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.Forwards != 1 || s.Backwards < 2 || s.Closure || !s.Arrayed || s.stepsMade() != 1 {
			continue
		}
		of++
		var lost []int
		var rest products
		for i := range r.Parameters {
			switch {
			case norm(s.own(i)) == 0 || !slices.Contains(s.Absent, i) && !slices.Contains(s.Stepped, i):
			case norm(s.seen(i)) == 0:
				lost = append(lost, i)
			default:
				rest.add(s.seen(i), s.accumulated(i))
			}
		}
		if len(lost) > 0 && rest.bb > 0 && rest.apart() > 1e-2 && rest.cosine() < 0.9999 {
			if times++; first == nil {
				first, gone = s, lost
			}
		}
	}
	if times < 2 || 2*times < of {
		return nil
	}
	return found(GradientsCleared, 0.92, first.Number, line(first),
		"step %d: of %d backward passes only the last has left anything: %s got a gradient, and the optimizer saw none of it, and of the others it saw a part (%d of %d steps): "+r.spoken("zero_grad() stands between the backward passes of one step", "they are set to zero between the passes of one step"),
		first.Number, first.Backwards, r.names(gone), times, of)
}

// clearedApart looks for a step of several backward passes through separate parts of the model of which only the last counts: at every step
// the optimizer sees nothing of what the passes before have reached, and all of what the last one has.
//
// It is asked of steps that one optimizer makes of one call of the model: where there are several, as in adversarial training, one's passes
// leave gradients in the other's weights that are to be cleared. Gradients that only are to be looked at come once more with the last pass.
func clearedApart(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	var gone []int
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.Forwards > 1 || s.Closure || !s.Arrayed || s.stepsMade() != 1 || s.Backwards == 0 {
			continue
		}
		of++
		if len(s.Passes) < 2 {
			continue
		}
		last := s.Passes[len(s.Passes)-1]
		var lost []int
		var earlier, rest float64
		whole := true
		for i := range r.Parameters {
			switch {
			case norm(s.own(i)) == 0 || !slices.Contains(s.Absent, i) && !slices.Contains(s.Stepped, i):
			case slices.Contains(last, i):
				rest += norm(s.seen(i))
				whole = whole && slices.Equal(s.seen(i), s.accumulated(i))
			default:
				lost = append(lost, i)
				earlier += norm(s.seen(i))
			}
		}
		if len(lost) > 0 && earlier == 0 && rest > 0 && whole {
			if times++; first == nil {
				first, gone = s, lost
			}
		}
	}
	if times < 2 || times < of {
		return nil
	}
	return found(GradientsCleared, 0.92, first.Number, line(first),
		"step %d: of %d backward passes only the last has left anything: %s got a gradient of norm %s in an earlier one, and the optimizer saw none of it (%d of %d steps): "+r.spoken("zero_grad() stands between the backward passes of one step", "they are set to zero between the passes of one step"),
		first.Number, len(first.Passes), r.names(gone), number(gradientNorm(r, first, func(i int) []float32 {
			if slices.Contains(gone, i) {
				return first.own(i)
			}
			return nil
		})), times, of)
}

// clearedWhole looks for a step of several backward passes of which only the last counts in all weights: the passes together are the claimed
// loss's gradient, and the optimizer saw that of the last one alone. Gradients that a loop combines by hand are neither, and where the
// earlier passes were only looked at, the last one has the claimed loss's.
func clearedWhole(r *Recording, all *replays) *Finding {
	times, of := 0, 0
	var first *Step
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		if s.Forwards != 1 || s.Backwards < 2 || s.Closure || !s.Arrayed || s.stepsMade() != 1 || one.last.bb == 0 {
			continue
		}
		of++
		if one.last.apart() < 1e-3 && one.own.apart() < 1e-2 && one.seen.apart() > 5e-2 {
			if times++; first == nil {
				first = s
			}
		}
	}
	if times < 2 || 2*times < of {
		return nil
	}
	return found(GradientsCleared, 0.93, first.Number, line(first),
		"step %d: %d backward passes together give the gradient of the claimed loss, and the optimizer saw that of the last one alone (%d of %d steps): "+r.spoken("zero_grad() stands between the backward passes of one step", "they are set to zero between the passes of one step"),
		first.Number, first.Backwards, times, of).by(lastPass)
}

// lastPass is how gradients are cleared of which those of the last of several backward passes are left.
const lastPass = "the last pass"

// stepsMade is how often optimizers made a step in it.
func (s *Step) stepsMade() (n int) {
	for _, event := range s.Events {
		if event == "step" {
			n++
		}
	}
	return n
}
