package loop

import (
	"slices"

	"example.com/unstuck/pkg/loss"
)

// hypotheses are those of the recording's framework, in the order in which they are asked.
func (r *Recording) hypotheses() []hypothesis {
	if r.Framework != kerasFramework {
		return hypotheses
	}
	at := slices.IndexFunc(hypotheses, func(h hypothesis) bool { return h.cause == MisalignedTargets })
	return slices.Insert(slices.Clone(hypotheses), at, kerasHypotheses...)
}

// kerasHypotheses are of Keras' options.
var kerasHypotheses = []hypothesis{
	{OtherLoss, "that with from_logits the other way round", of(func(c claim) (claim, bool) {
		switch l := c.loss.(type) {
		case loss.BinaryCrossentropy:
			l.FromLogits = !l.FromLogits
			c.loss = l
		case loss.CategoricalCrossentropy:
			l.FromLogits = !l.FromLogits
			c.loss = l
		case loss.SparseCategoricalCrossentropy:
			l.FromLogits = !l.FromLogits
			c.loss = l
		default:
			return c, false
		}
		return c, true
	})},
}
