package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// otherLosses are losses that a loop may minimize in place of the claimed one, of the recorded outputs and targets as they are or, for
// targets that are class numbers, with a column for each class.
var otherLosses = []hypothesis{
	{OtherLoss, "the cross-entropy over classes, of rows that belong to one class each", of(overClasses(true))},
	{OtherLoss, "the cross-entropy over classes, of probabilities", of(overClasses(false))},
	{OtherLoss, "the binary cross-entropy of each class's logit", of(withOneHot(loss.BinaryCrossentropy{FromLogits: true}, itsOutputs))},
	{OtherLoss, "the mean squared error of outputs and one-hot targets", of(withOneHot(loss.MSE{}, itsOutputs))},
	{OtherLoss, "the mean squared error of class probabilities and one-hot targets", of(withOneHot(loss.MSE{}, softmax))},
	{OtherLoss, "the margin loss over classes", of(withMargin)},
	{OtherLoss, "the logarithm of the hyperbolic cosine", of(withLoss(loss.LogCosh{}))},
	{OtherLoss, "the mean absolute percentage error", of(withLoss(loss.MAPE{}))},
	{OtherLoss, "the mean squared logarithmic error", of(withLoss(loss.MSLE{}))},
	{OtherLoss, "the Poisson loss of logarithms of rates", of(withLoss(loss.PoissonNLLLoss{}))},
	{OtherLoss, "the Poisson loss of rates", of(withLoss(loss.PoissonNLLLoss{Rates: true, Epsilon: 1e-8}))},
	{OtherLoss, "the hinge loss", of(withLoss(loss.Hinge{}))},
}

// overClasses is the categorical cross-entropy, with a column of outputs and of targets for each class.
func overClasses(logits bool) func(c claim) (claim, bool) {
	return func(c claim) (claim, bool) {
		if _, already := c.loss.(loss.CategoricalCrossentropy); already {
			return c, false
		}
		c, ok := withLoss(loss.CategoricalCrossentropy{FromLogits: logits})(c)
		return c, ok && len(c.outputs[0].Shape) == 2 && c.outputs[0].Shape[1] > 1
	}
}

// withOneHot is a claim by another loss, of changed outputs [rows, classes] and of targets that are class numbers, [rows], as columns.
func withOneHot(l loss.Loss, change func(dataset.Array) dataset.Array) func(c claim) (claim, bool) {
	return func(c claim) (claim, bool) {
		o, ok := classesOfRows(c)
		if !ok {
			return c, false
		}
		targets := dataset.Array{Shape: o.Shape, Values: make([]float32, len(o.Values))}
		for i, v := range c.targets[0].Values {
			class := int(v)
			if float32(class) != v || class < 0 || class >= o.Shape[1] {
				return c, false
			}
			targets.Values[i*o.Shape[1]+class] = 1
		}
		c.loss, c.outputs, c.targets = l, []dataset.Array{change(o)}, []dataset.Array{targets}
		return c, true
	}
}

func itsOutputs(o dataset.Array) dataset.Array { return o }

func withMargin(c claim) (claim, bool) {
	if _, ok := classesOfRows(c); !ok || slices.ContainsFunc(c.targets[0].Values, func(v float32) bool { return v != float32(math.Trunc(float64(v))) }) {
		return c, false
	}
	c.loss = loss.MultiMarginLoss{Margin: 1}
	return c, true
}

// classesOfRows are outputs [rows, classes] of at least two classes beside targets of one number a row.
func classesOfRows(c claim) (dataset.Array, bool) {
	if len(c.outputs) != 1 || len(c.targets) != 1 {
		return dataset.Array{}, false
	}
	o := c.outputs[0]
	return o, len(o.Shape) == 2 && o.Shape[1] > 1 && len(c.targets[0].Values) == o.Shape[0]
}
