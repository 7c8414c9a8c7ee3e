package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// DefaultMemory is what an examination may take unless [Options].Memory says otherwise: 8 GiB.
const DefaultMemory = 8 << 30

// Memory estimates the most bytes that an examination of the training holds at once, its data included, with one run at a time, from
// its sizes alone: nothing is built for it. Layers that the doctor doesn't know, such as an [nn.Func], count with their
// inputs only. It is a rough upper bound, and huge where sizes are.
func Memory(c training.Training) float64 { return memory(c, maxRuns) }

// CheckTraining is an error when one run of the training, and nothing around it, would take more than limit bytes by
// an estimate as that of [Memory]. 0: [DefaultMemory].
func CheckTraining(c training.Training, limit int64) error { return checkMemory(c, limit, 1) }

// CheckPrediction is an error when predicting all rows of some inputs, so many at a time, would take more than limit bytes
// by an estimate as that of [Memory]. 0: [DefaultMemory].
func CheckPrediction(model nn.Layer, inputs []dataset.Array, batch int, limit int64) error {
	if limit == 0 {
		limit = DefaultMemory
	}
	const value = 4 // bytes of a float32
	var shapes [][]int
	for _, x := range inputs {
		shapes = append(shapes, x.Shape[1:])
	}
	rows, features := float64(inputs[0].Rows()), float64(rowSize(inputs))
	weights, perRow, widest, out := size(model, shapes)
	// The file's weights, the model's and the device's; of the rows at hand what goes in and what the widest layer has at once; the
	// data; the predictions.
	need := weights*value*3 + min(rows, float64(batch))*(widest+features)*value*collected + unrolled(model, shapes)*stepGraph + rows*(features*2+out*2)*value
	if need > float64(limit) {
		return fmt.Errorf("doctor: about %s of memory would be needed, %s are allowed: the model has %.3g weights and %.3g values a row, the data have %d rows of %d values, "+
			"%d are predicted at a time: take fewer at a time, a part of the data, or allow more (--memory)", bytesText(need), bytesText(float64(limit)), weights, perRow, inputs[0].Rows(), rowSize(inputs), batch)
	}
	return nil
}

// memory is that of an examination with so many trainings.
func memory(c training.Training, runs float64) float64 {
	c = settled(c)
	const value = 4 // bytes of a float32
	rows, features, outputs := float64(c.Data.Rows()+c.Validation.Rows()), float64(rowSize(c.Data.Inputs())), float64(rowSize(c.Data.Outputs()))
	_, _, _, out := size(c.Model, c.RowShapes())
	need := memoryOfRun(c)
	// The data, read and in the copies that treatments and judges make.
	need += rows * (features + outputs) * value * dataCopies
	need += judgeRows * (features + outputs) * 8 * 4
	// Each run leaves a history and its predictions.
	need += (float64(c.Epochs)*float64(c.Steps())*8 + float64(c.Epochs)*160 + rows*out*value) * runs
	return need
}

// memoryOfRun is what one run takes beside the data and what it leaves: as many times as much as run at once.
func memoryOfRun(c training.Training) float64 {
	c = settled(c)
	const value = 4
	rows, features := float64(c.Data.Rows()+c.Validation.Rows()), float64(rowSize(c.Data.Inputs()))
	weights, perRow, widest, _ := size(c.Model, c.RowShapes())
	// Weights with their gradients, an optimizer's memory, what an update makes anew, and the snapshots of runs.
	need := weights * value * 12
	// What is kept of each layer for the way back, its gradient, and what is computed on the way. A prediction takes
	// up to evalRows rows and keeps nothing: what a layer needs is free for the next.
	need += max(float64(c.BatchSize)*perRow*value*8, min(rows, evalRows)*(widest+features)*value*collected)
	// The graph holds each step of a recurrent layer, and no weight shows that.
	need += unrolled(c.Model, c.RowShapes()) * stepGraph
	return need
}

const (
	evalRows   = 4096
	collected  = 2         // garbage beside what is alive, in pure Go; XLA has none
	stepGraph  = 128 << 10 // bytes of a recurrent layer's graph, its gradient and its programs, by time step; measured
	dataCopies = 12
	maxRuns    = 80 // treatments alone and in pairs, some of them ten times as long
)

// checkMemory refuses a training that would take more than a limit.
func checkMemory(c training.Training, limit int64, runs float64) error {
	if limit == 0 {
		limit = DefaultMemory
	}
	if need := memory(c, runs); need > float64(limit) {
		weights, perRow, _, _ := size(c.Model, c.RowShapes())
		return fmt.Errorf("doctor: about %s of memory would be needed, %s are allowed: the model has %.3g weights and %.3g values a row, "+
			"the data have %d rows of %d and %d values, the training has %d epochs of %d steps: take a smaller part of it, or allow more (--memory)",
			bytesText(need), bytesText(float64(limit)), weights, perRow, c.Data.Rows()+c.Validation.Rows(), rowSize(c.Data.Inputs()), rowSize(c.Data.Outputs()), settled(c).Epochs, settled(c).Steps())
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

// rowSize is how many values one row of all arrays has.
func rowSize(arrays []dataset.Array) (n int) {
	for _, a := range arrays {
		n += a.RowSize()
	}
	return n
}

// single are the shapes of batches of one row.
func single(rows [][]int) [][]int {
	batches := make([][]int, len(rows))
	for i, row := range rows {
		batches[i] = append([]int{1}, row...)
	}
	return batches
}

// size is how many weights a model has on rows of a shape, how many values its layers make of a row, how many the layer that needs
// most has at once, and how many are the model's output. Where layers don't fit together it is what comes before that place: building stops there too.
func size(model nn.Layer, rows [][]int) (weights, values, widest, out float64) {
	nn.Measure(model, single(rows), func(m nn.Measured) error {
		for _, w := range m.Weights {
			weights += product(w.Shape)
		}
		out = 0
		for _, shape := range m.Outputs {
			out += product(shape)
		}
		scratch := 2 * nn.Scratch(m.Layer, m.Inputs)
		values += out*kept(m) + scratch
		in := 0.0
		for _, shape := range m.Inputs {
			in += product(shape)
		}
		widest = max(widest, in+out*kept(m)+scratch)
		return nil
	})
	return weights, values, widest, out
}

// unrolled is how many time steps the recurrent layers of a model have together on rows of a shape.
func unrolled(model nn.Layer, rows [][]int) (steps float64) {
	nn.Measure(model, single(rows), func(m nn.Measured) error {
		if _, recurrent := m.Layer.(nn.Recurrent); recurrent {
			steps += float64(m.Inputs[0][1])
		}
		return nil
	})
	return steps
}

// kept is how many values a layer keeps for each of its output's: what it is made of before and behind its activation,
// for recurrent layers the gates of all times.
func kept(m nn.Measured) float64 {
	r, recurrent := m.Layer.(nn.Recurrent)
	switch {
	case recurrent && r.Sequences():
		return float64(3*r.Gates() + 2)
	case recurrent:
		return float64(m.Inputs[0][1]) * float64(3*r.Gates()+2)
	case m.Weights != nil:
		return 3
	}
	return 1
}

// product is in float64, so that no size is too large for it.
func product(shape []int) float64 {
	n := 1.0
	for _, d := range shape {
		n *= math.Abs(float64(d))
	}
	return n
}
