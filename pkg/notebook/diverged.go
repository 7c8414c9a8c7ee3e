package notebook

import (
	"fmt"
	"math"

	"example.com/unstuck/internal/exponent"
	"example.com/unstuck/pkg/fit"
)

// diverged says in one line that a training's losses are no numbers any more, since when, and what to try; "" where the
// last one is a number.
func diverged(h *fit.History) string {
	epochs := h.Loss()
	if len(epochs) == 0 || isNumber(epochs[len(epochs)-1]) {
		return ""
	}
	first := len(epochs) - 1
	for first > 0 && !isNumber(epochs[first-1]) {
		first--
	}
	return divergence(epochs[len(epochs)-1], fmt.Sprintf("epoch %d", h.Epochs[first].Number), h.Epochs[first].LearningRate)
}

func divergence(loss float64, since string, rate float64) string {
	said := fmt.Sprintf("The loss is %v since %s. ", loss, since)
	if rate > 0 && !math.IsInf(rate, 0) {
		said += exponent.Short(fmt.Sprintf("Try a learning rate of %.3g in place of %.3g, less where that is still too much;", rate/10, rate))
	} else {
		said += "Try"
	}
	return said + " inputs and targets of about unit size (data.Standardize, data.Y.Standardize); or clipped gradients, .With(optim.ClipByNorm{Max: 1}); callback.TerminateOnNaN finds where it began."
}

func isNumber(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
