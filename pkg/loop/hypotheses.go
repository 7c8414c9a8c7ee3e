package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// hypothesis is another way in which the recorded loss may have come about.
type hypothesis struct {
	cause Cause
	text  string
	value func(r *Recording, all *replays, k int) (float64, bool)
}

// of makes a hypothesis of a loss, of outputs and of targets out of the claimed ones.
func of(change func(c claim) (claim, bool)) func(r *Recording, all *replays, k int) (float64, bool) {
	return func(_ *Recording, all *replays, k int) (float64, bool) {
		for _, c := range all.steps[k].claims {
			changed, ok := change(c)
			if !ok {
				continue
			}
			v, _, err := valueOf(all.backend, changed.loss, changed.outputs, changed.targets)
			if err == nil && !math.IsNaN(v) {
				return v, true
			}
		}
		return 0, false
	}
}

// withLoss is a claim by another loss, of outputs and targets of one shape.
func withLoss(l loss.Loss) func(c claim) (claim, bool) {
	return func(c claim) (claim, bool) {
		if len(c.outputs) != 1 || !slices.Equal(c.outputs[0].Shape, c.targets[0].Shape) {
			return c, false
		}
		c.loss = l
		return c, true
	}
}

// hypotheses are asked in this order.
var hypotheses = slices.Concat(ofClaimed, otherLosses, ofOtherRows)

// ofClaimed are the claimed loss in another form, of other shapes or behind an activation, and the losses that stand in for it most often.
var ofClaimed = []hypothesis{
	{Broadcast, "that of each output with every target", of(eachWithEach)},
	{Broadcast, acrossAxes, stretchedLoss},
	{OtherLoss, "its sum over the batch instead of the mean", of(func(c claim) (claim, bool) {
		if _, summed := c.loss.(loss.Summed); summed {
			return c, false
		}
		c.loss = loss.Summed{Of: c.loss}
		return c, true
	})},
	{OtherLoss, "its mean over the batch instead of the sum", of(func(c claim) (claim, bool) {
		s, summed := c.loss.(loss.Summed)
		c.loss = s.Of
		return c, summed
	})},
	{OtherLoss, "the mean absolute error", of(withLoss(loss.MAE{}))},
	{OtherLoss, "the mean squared error", of(withLoss(loss.MSE{}))},
	{OtherLoss, "the root of the mean squared error", rootOf(loss.MSE{})},
	{OtherLoss, "the Huber loss", of(withLoss(loss.Huber{Delta: 1}))},
	{OtherLoss, "the sum of absolute errors", of(withLoss(loss.Summed{Of: loss.MAE{}}))},
	{OtherLoss, "the sum of squared errors", of(withLoss(loss.Summed{Of: loss.MSE{}}))},
	{OtherLoss, "the root of the sum of squared errors, the norm of the differences", rootOf(loss.Summed{Of: loss.MSE{}})},
	{OtherLoss, meanSquared, meanError(squared)},
	{OtherLoss, meanAbsolute, meanError(math.Abs)},
	{OtherLoss, meanAlone, meanError(itself)},
	{OtherLoss, meanAlone, meanError(negated)},
	{OtherLoss, "the binary cross-entropy of logits", of(withLoss(loss.BinaryCrossentropy{FromLogits: true}))},
	{OtherLoss, "the binary cross-entropy of probabilities", of(withLoss(loss.BinaryCrossentropy{CutLogarithms: true}))},
	{OtherLoss, "that of the outputs behind a softmax, which the loss takes once more", of(changedOutputs(true, softmax))},
	{OtherLoss, "that of the outputs behind a sigmoid, which the loss takes once more", of(changedOutputs(false, func(o dataset.Array) dataset.Array {
		return each(o, func(v float64) float64 { return 1 / (1 + math.Exp(-v)) })
	}))},
	{OtherLoss, "that of the outputs behind a log-softmax", of(changedOutputs(true, func(o dataset.Array) dataset.Array { return each(softmax(o), math.Log) }))},
	{OtherLoss, likelihoodOfScores, ofTargets(false)},
	{OtherLoss, likelihoodOfProbabilities, ofTargets(true)},
	{OtherLoss, viewedForPermuted, viewed},
	{OtherLoss, argumentsSwapped, of(swapped)},
	{OtherLoss, softmaxOfBatch, overBatch},
}

// ofOtherRows are the claimed loss of targets that aren't the outputs'.
var ofOtherRows = []hypothesis{
	{MisalignedTargets, "that with the targets of the batch before", otherTargets(-1)},
	{MisalignedTargets, "that with the targets of the next batch", otherTargets(1)},
	{MisalignedTargets, "that with the targets moved on by a row", of(reorderedTargets(func(i, n int) int { return (i + n - 1) % n }))},
	{MisalignedTargets, "that with the targets moved back by a row", of(reorderedTargets(func(i, n int) int { return (i + 1) % n }))},
	{MisalignedTargets, "that with the targets in the opposite order", of(reorderedTargets(func(i, n int) int { return n - 1 - i }))},
}

// rootOf is the square root of a loss.
func rootOf(l loss.Loss) func(r *Recording, all *replays, k int) (float64, bool) {
	return func(r *Recording, all *replays, k int) (float64, bool) {
		v, ok := of(withLoss(l))(r, all, k)
		return math.Sqrt(v), ok
	}
}

// eachWithEach tiles outputs and targets of one number a row, as (n) against (n, 1) is broadcast.
func eachWithEach(c claim) (claim, bool) {
	if len(c.outputs) != 1 || len(c.targets) != 1 {
		return c, false
	}
	o, t := c.outputs[0], c.targets[0]
	n := len(o.Values)
	if n < 2 || n > 1024 || o.Shape[0] != n || len(t.Values) != n {
		return c, false
	}
	tiled := func(at func(i, j int) float32) dataset.Array {
		a := dataset.Array{Shape: []int{n * n, 1}, Values: make([]float32, 0, n*n)}
		for i := range n {
			for j := range n {
				a.Values = append(a.Values, at(i, j))
			}
		}
		return a
	}
	c.outputs = []dataset.Array{tiled(func(i, _ int) float32 { return o.Values[i] })}
	c.targets = []dataset.Array{tiled(func(_, j int) float32 { return t.Values[j] })}
	return c, true
}

func changedOutputs(columnsOnly bool, change func(dataset.Array) dataset.Array) func(c claim) (claim, bool) {
	return func(c claim) (claim, bool) {
		if len(c.outputs) != 1 {
			return c, false
		}
		if shape := c.outputs[0].Shape; columnsOnly && (len(shape) < 2 || shape[len(shape)-1] < 2) {
			return c, false // of a single column a softmax is 1, whatever the output is
		}
		c.outputs = []dataset.Array{change(c.outputs[0])}
		return c, true
	}
}

func each(a dataset.Array, f func(float64) float64) dataset.Array {
	values := make([]float32, len(a.Values))
	for i, v := range a.Values {
		values[i] = float32(f(float64(v)))
	}
	return dataset.Array{Shape: a.Shape, Values: values}
}

// softmax is that over the last axis.
func softmax(a dataset.Array) dataset.Array {
	exponentials := each(a, math.Exp)
	width := a.Shape[len(a.Shape)-1]
	for from := 0; from+width <= len(exponentials.Values); from += width {
		row, total := exponentials.Values[from:from+width], float32(0)
		for _, v := range row {
			total += v
		}
		for i := range row {
			row[i] /= total
		}
	}
	return exponentials
}

// otherTargets are those of another step.
func otherTargets(by int) func(r *Recording, all *replays, k int) (float64, bool) {
	return func(r *Recording, all *replays, k int) (float64, bool) {
		if k+by < 0 || k+by >= len(r.Steps) || len(all.steps[k+by].claims) != len(all.steps[k].claims) {
			return 0, false
		}
		for i, c := range all.steps[k].claims {
			other := all.steps[k+by].claims[i].targets
			if !slices.EqualFunc(other, c.targets, func(a, b dataset.Array) bool { return slices.Equal(a.Shape, b.Shape) }) {
				return 0, false
			}
			if v, _, err := valueOf(all.backend, c.loss, c.outputs, other); err == nil {
				return v, true
			}
		}
		return 0, false
	}
}

// reorderedTargets take row from(i, n) of the targets in the place of row i.
func reorderedTargets(from func(i, n int) int) func(c claim) (claim, bool) {
	return func(c claim) (claim, bool) {
		targets := slices.Clone(c.targets)
		for at, t := range targets {
			n := t.Shape[0]
			width := len(t.Values) / n
			values := make([]float32, 0, len(t.Values))
			for i := range n {
				j := from(i, n)
				values = append(values, t.Values[j*width:(j+1)*width]...)
			}
			targets[at].Values = values
		}
		c.targets = targets
		return c, true
	}
}
