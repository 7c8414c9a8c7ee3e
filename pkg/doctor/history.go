package doctor

import "example.com/unstuck/pkg/fit"

// stuckHistory tells whether a loss has fallen by less than a tenth, or is no number.
func stuckHistory(h *fit.History) bool {
	losses := h.Loss()
	if len(losses) == 0 {
		return false
	}
	first, last := losses[0], losses[len(losses)-1]
	return !(last < 0.9*first)
}
