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

// stepsMade is how often optimizers made a step in it.
func (s *Step) stepsMade() (n int) {
	for _, event := range s.Events {
		if event == "step" {
			n++
		}
	}
	return n
}
