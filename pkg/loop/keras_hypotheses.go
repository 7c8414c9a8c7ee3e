package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
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
	{OtherLoss, "that with from_logits the other way round", of(func(c claim) (claim, bool) {
		l, sparse := c.loss.(loss.SparseCategoricalCrossentropy)
		if !sparse || !l.FromLogits || len(c.outputs) != 1 || len(c.outputs[0].Shape) < 2 {
			return c, false
		}
		// TensorFlow takes the logarithms of what is cut to between 0 and 1 for logits; elsewhere a row's sum is made 1 ahead of the cut.
		c.outputs = []dataset.Array{each(c.outputs[0], func(v float64) float64 { return math.Log(min(max(v, cut), 1-cut)) })}
		return c, true
	})},
}

// cut is how near to 0 and 1 Keras lets probabilities be.
const cut = 1e-7
