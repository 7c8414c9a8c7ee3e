package fit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// engine runs training steps of one training on one set of data.
type engine interface {
	// train runs the steps from..to-1 of o at the given learning rates (one for each step of o). With
	// validate, the validation data is evaluated behind them. It looks at ctx between executions. With an error, ctx's
	// included, the outcome is that of the steps that were done, unless the state is torn.
	train(ctx context.Context, o *order, rates []float32, from, to int, validate bool) (outcome, error)
	// close frees what the engine holds on the device; the model's state stays.
	close()
}

// outcome is what some training steps gave.
type outcome struct {
	records    []float32 // of all steps, one after the other
	readings   []float32 // of the measured steps, one after the other
	validation []float64 // sums over the validation data; nil: it was not evaluated
}

// buffers of one set of examples on the device: x…, y…[, weights].
type dataBuffers []compute.Buffer

func shapesOf(d dataset.Data) dataShapes {
	return dataShapes{xs: shapesOfAll(d.Inputs()), ys: shapesOfAll(d.Outputs()), weighted: d.SampleWeight != nil}
}

func shapesOfAll(arrays []dataset.Array) [][]int {
	all := make([][]int, len(arrays))
	for i, a := range arrays {
		all[i] = a.Shape
	}
	return all
}

// rowsOf are the shapes of one row of each.
func rowsOf(arrays []dataset.Array) [][]int {
	all := shapesOfAll(arrays)
	for i, shape := range all {
		all[i] = shape[1:]
	}
	return all
}

// uploadData copies the examples to the device.
func (m *Model) uploadData(d dataset.Data) (dataBuffers, error) {
	flats := slices.Concat(d.Inputs(), d.Outputs())
	if d.SampleWeight != nil {
		flats = append(flats, dataset.Array{Shape: []int{d.Rows()}, Values: d.SampleWeight})
	}
	return m.uploadArrays(flats)
}

func (m *Model) uploadArrays(arrays []dataset.Array) (dataBuffers, error) {
	var all dataBuffers
	for _, f := range arrays {
		b, err := m.floats(f.Values, f.Shape...)
		if err != nil {
			finalize(all...)
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// sharedData is room for examples of these shapes in memory that host and device share: what is written there is
// what the next execution sees.
func (m *Model) sharedData(s dataShapes) (d dataset.Data, all dataBuffers, err error) {
	room := func(shape ...int) []float32 {
		b, flat, e := m.backend.NewSharedBuffer(0, float32s(shape...))
		if e != nil {
			err = errors.Join(err, fmt.Errorf("sharing memory for values of shape %v with %s: %w", shape, m.backend.Name(), e))
			return nil
		}
		all = append(all, b)
		return flat.([]float32)
	}
	if d = dataIn(s, room); err != nil {
		finalize(all...)
	}
	return d, all, err
}

// floats copies values to the device.
func (m *Model) floats(values []float32, dims ...int) (compute.Buffer, error) {
	b, err := m.backend.BufferFromFlatData(0, values, float32s(dims...))
	if err != nil {
		return nil, fmt.Errorf("copying %d values to %s: %w", len(values), m.backend.Name(), err)
	}
	return b, nil
}

// ints copies int32 values to the device.
func (m *Model) ints(values []int32, dims ...int) (compute.Buffer, error) {
	b, err := m.backend.BufferFromFlatData(0, values, int32s(dims...))
	if err != nil {
		return nil, fmt.Errorf("copying %d values to %s: %w", len(values), m.backend.Name(), err)
	}
	return b, nil
}
