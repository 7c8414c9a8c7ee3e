package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// DefaultMemory is what an examination may take unless [Options].Memory says otherwise: 8 GiB.
const DefaultMemory = 8 << 30

// Memory estimates the most bytes that an examination of the case holds at once, its data included, from its sizes
// alone: nothing is built for it. Layers that the doctor doesn't know, such as an [nn.Func], count with their
// inputs only. It is a rough upper bound, and huge where sizes are.
func (c Case) Memory() float64 { return c.memory(maxRuns) }

// CheckTraining is an error when one training of the case, and nothing around it, would take more than limit bytes by
// an estimate as that of [Case.Memory]. 0: [DefaultMemory].
func (c Case) CheckTraining(limit int64) error { return c.checkMemory(limit, 1) }

// memory is that of an examination with so many trainings.
func (c Case) memory(runs float64) float64 {
	c = c.settled()
	const value = 4 // bytes of a float32
	rows, features, outputs := float64(c.Data.Rows()), float64(c.Data.X.RowSize()), float64(c.Data.Y.RowSize())
	weights, perRow, out := size(c.Model, c.Data.X.Shape[1:])
	// Weights with their gradients, an optimizer's memory, what an update makes anew, and the snapshots of runs.
	memory := weights * value * 12
	// What is kept of each layer for the way back, its gradient, and what is computed on the way. A prediction takes
	// up to evalRows rows and keeps nothing.
	memory += max(float64(c.BatchSize)*perRow*value*8, min(rows, evalRows)*(perRow+features)*value*2)
	// The graph holds each step of a recurrent layer, and no weight shows that.
	memory += unrolled(c.Model, c.Data.X.Shape[1:]) * stepGraph
	// The data, read and in the copies that treatments and judges make.
	memory += rows * (features + outputs) * value * dataCopies
	memory += judgeRows * (features + outputs) * 8 * 4
	// Each run leaves a history and its predictions.
	memory += (float64(c.Epochs)*float64(c.steps())*8 + float64(c.Epochs)*160 + rows*out*value) * runs
	return memory
}

const (
	evalRows   = 4096
	stepGraph  = 128 << 10 // bytes of a recurrent layer's graph, its gradient and its programs, by time step; measured
	dataCopies = 12
	maxRuns    = 80 // treatments alone and in pairs, some of them ten times as long
)

// checkMemory refuses a case that would take more than a limit.
func (c Case) checkMemory(limit int64, runs float64) error {
	if limit == 0 {
		limit = DefaultMemory
	}
	if need := c.memory(runs); need > float64(limit) {
		weights, perRow, _ := size(c.Model, c.Data.X.Shape[1:])
		return fmt.Errorf("doctor: about %s of memory would be needed, %s are allowed: the model has %.3g weights and %.3g values a row, "+
			"the data have %d rows of %d and %d values, the training has %d epochs of %d steps: take a smaller part of it, or allow more",
			bytesText(need), bytesText(float64(limit)), weights, perRow, c.Data.Rows(), c.Data.X.RowSize(), c.Data.Y.RowSize(), c.settled().Epochs, c.settled().steps())
	}
	return nil
}

func bytesText(n float64) string {
	const mib, gib = 1 << 20, 1 << 30
	if n < gib {
		return fmt.Sprintf("%.3g MiB", n/mib)
	}
	return fmt.Sprintf("%.3g GiB", n/gib)
}

// size is how many weights a model has on rows of a shape, how many values its layers make of a row, and how many of
// those are its output. Computed in float64, so that no size is too large for it.
func size(net nn.Sequential, row []int) (weights, values, out float64) {
	shape := make([]float64, len(row))
	for i, n := range row {
		shape[i] = float64(n)
	}
	for _, leaf := range nn.Leaves(net) {
		var w, v float64
		w, v, shape = grow(leaf.Layer, shape)
		weights, values = weights+w, values+v
	}
	return weights, values, product(shape)
}

// unrolled is how many time steps the recurrent layers of a model have together on rows of a shape.
func unrolled(net nn.Sequential, row []int) (steps float64) {
	shape := make([]float64, len(row))
	for i, n := range row {
		shape[i] = float64(n)
	}
	for _, leaf := range nn.Leaves(net) {
		switch leaf.Layer.(type) {
		case nn.SimpleRNN, nn.GRU, nn.LSTM:
			if len(shape) > 1 {
				steps += shape[0]
			}
		}
		_, _, shape = grow(leaf.Layer, shape)
	}
	return steps
}

// grow is a layer's weights, the values that it makes of a row, and the shape of its output.
func grow(l nn.Layer, shape []float64) (weights, values float64, out []float64) {
	features := 1.0
	if len(shape) > 0 {
		features = shape[len(shape)-1]
	}
	last := func(n int) []float64 {
		if len(shape) == 0 {
			return []float64{float64(n)}
		}
		return append(append([]float64{}, shape[:len(shape)-1]...), float64(n))
	}
	recurrent := func(units int, gates float64, sequences bool) (float64, float64, []float64) {
		u, steps := float64(units), 1.0
		if len(shape) > 1 {
			steps = shape[0]
		}
		out := []float64{u}
		if sequences {
			out = last(units)
		}
		return gates * u * (features + u + 1), steps * u * (3*gates + 2), out
	}
	switch l := l.(type) {
	case nn.Dense:
		out = last(l.Units)
		return (features + 1) * float64(l.Units), 2 * product(out), out
	case nn.Embedding:
		out = append(append([]float64{}, shape...), float64(l.OutputDim))
		return float64(l.InputDim) * float64(l.OutputDim), product(out), out
	case nn.SimpleRNN:
		return recurrent(l.Units, 1, l.ReturnSequences)
	case nn.GRU:
		return recurrent(l.Units, 3, l.ReturnSequences)
	case nn.LSTM:
		return recurrent(l.Units, 4, l.ReturnSequences)
	case nn.BatchNormalization, nn.LayerNormalization:
		return 4 * features, 3 * product(shape), shape
	case nn.PReLU:
		return product(shape), 3 * product(shape), shape
	case nn.Flatten:
		return 0, product(shape), []float64{product(shape)}
	case nn.Reshape:
		return 0, product(shape), reshaped(l.Target, product(shape))
	case nn.GlobalAveragePooling1D:
		return 0, features, []float64{features}
	}
	return 0, product(shape), shape
}

// reshaped is a Reshape's target with the open axis worked out.
func reshaped(target []int, total float64) []float64 {
	out, known := make([]float64, len(target)), 1.0
	for i, n := range target {
		out[i] = float64(max(1, n))
		known *= out[i]
	}
	for i, n := range target {
		if n == -1 {
			out[i] = max(1, total/known)
		}
	}
	return out
}

func product(shape []float64) float64 {
	n := 1.0
	for _, d := range shape {
		n *= d
	}
	return n
}
