package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// How a loss comes about whose arguments, or whose axis, are mixed up: the shapes fit, so nothing fails.
const (
	argumentsSwapped = "that of the targets beside the outputs, the one in the other's place"
	softmaxOfBatch   = "the negative log-likelihood of a softmax over the rows of the batch, in place of the classes (dim=0)"
)

// swapped puts the targets in the outputs' place, and these in theirs.
func swapped(c claim) (claim, bool) {
	if len(c.outputs) != 1 || len(c.targets) != 1 || !slices.Equal(c.outputs[0].Shape, c.targets[0].Shape) {
		return c, false
	}
	c.outputs, c.targets = c.targets, c.outputs
	return c, true
}

// overBatch is the negative log-likelihood of a softmax over the rows of a batch.
func overBatch(_ *Recording, all *replays, k int) (float64, bool) {
	for _, c := range all.steps[k].claims {
		if len(c.outputs) != 1 || len(c.targets) != 1 || len(c.outputs[0].Shape) != 2 || classAxis(c.loss, 2) != 1 {
			continue
		}
		rows, classes := c.outputs[0].Shape[0], c.outputs[0].Shape[1]
		y := c.targets[0].Values
		if len(y) != rows || rows < 2 {
			continue
		}
		probabilities := transposed(softmax(transposed(c.outputs[0])))
		total := 0.0
		for i, v := range y {
			class := int(v)
			if float32(class) != v || class < 0 || class >= classes {
				return 0, false
			}
			total -= math.Log(float64(probabilities.Values[i*classes+class]))
		}
		return total / float64(rows), true
	}
	return 0, false
}

// transposed exchanges the two axes of a.
func transposed(a dataset.Array) dataset.Array {
	rows, columns := a.Shape[0], a.Shape[1]
	out := dataset.Array{Shape: []int{columns, rows}, Values: make([]float32, len(a.Values))}
	for i, v := range a.Values {
		out.Values[i%columns*rows+i/columns] = v
	}
	return out
}
