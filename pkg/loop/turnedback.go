package loop

import (
	"fmt"
	"slices"
)

// wayBack is how much of the way that the weights have come since they were last put elsewhere must be taken back to be told.
const wayBack = 0.85

// turnedBack says that the weights at the beginning of step k are most of the way back to where they were when they were last put
// elsewhere, as where an average of them is copied into the model; empty: they aren't.
func (r *Recording) turnedBack(k int) string {
	last, s := &r.Steps[k-1], &r.Steps[k]
	from := k - 1
	for from > 0 && !r.elsewhere(from) {
		from--
	}
	if from == k-1 { // of a single step that is said more narrowly: a strong decay by hand may take back most of one
		return ""
	}
	var gap products
	for i, p := range r.Parameters {
		a, b, start := s.before[i].Values, last.weights[i].Values, r.Steps[from].before[i].Values
		if a == nil || b == nil || start == nil || !p.Model {
			continue
		}
		gap.add(difference(a, b), difference(b, start))
	}
	if gap.bb == 0 || !gap.finite() || gap.cosine() > -0.9 || gap.ab/gap.bb > -averageBack || gap.ab/gap.bb < -1.15 {
		return ""
	}
	if gap.ab/gap.bb > -wayBack {
		if !r.averaged(k) {
			return ""
		}
		return fmt.Sprintf("an average of those that the steps before have left, %.0f %% of the way back to those at the beginning of step %d", -100*gap.ab/gap.bb, r.Steps[from].Number)
	}
	return fmt.Sprintf("most of the way back to those at the beginning of step %d (%.0f %%)", r.Steps[from].Number, -100*gap.ab/gap.bb)
}

// elsewhere reports whether step k begins with other weights than the last one has left.
func (r *Recording) elsewhere(k int) bool {
	for i, p := range r.Parameters {
		a, b := r.Steps[k].before[i].Values, r.Steps[k-1].weights[i].Values
		if p.Model && a != nil && b != nil && !slices.Equal(a, b) {
			return true
		}
	}
	return false
}
