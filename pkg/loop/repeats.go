package loop

import (
	"fmt"
	"slices"
)

// withoutRepeats leaves out steps in which nothing but a call of watch happened: of two calls in one step the second has no step of its
// own, and would stand between each step and the next.
func (r *Recording) withoutRepeats() {
	var kept []Step
	var repeats []int
	for k, s := range r.Steps {
		if k > 0 && len(s.Events) > 0 && !slices.ContainsFunc(s.Events, func(e string) bool { return e != "watch" }) && s.Backwards == 0 && s.Forwards == 0 && s.View == "" && !r.Steps[k-1].passedBehindWatch() {
			repeats = append(repeats, s.Number)
			continue
		}
		kept = append(kept, s)
	}
	if len(repeats) == 0 || len(kept) < 2 { // one step, again and again: the loop is what is odd
		return
	}
	r.Steps = kept
	r.Notes = append(r.Notes, fmt.Sprintf("%s: watch was called again, without a pass through the model since its last call; these calls are left out. Once a step is enough, with the batch and the loss that is differentiated", stepsText(repeats)))
}

// passedBehindWatch reports whether the model was called behind the step's last call of watch. A pass without gradients begins no step: the
// call of watch that follows is its, though it may stand alone at the recording's end.
func (s *Step) passedBehindWatch() bool {
	events := s.Events
	for at, e := range events {
		if e == "watch" {
			events = s.Events[at+1:]
		}
	}
	return slices.Contains(events, "forward") || slices.Contains(events, "forward without gradients")
}
