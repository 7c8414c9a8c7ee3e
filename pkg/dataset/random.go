package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Random returns noise: rows examples whose inputs, of shape xShape each, and targets, of shape yShape
// each, are all drawn independently and uniformly from [0, 1), as numpy.random.rand does. There is nothing
// in it to learn: the best possible mean squared error is the targets' variance, 1/12 ≈ 0.083.
//
// The same seed gives the same numbers on every machine (PCG of math/rand/v2); they are not NumPy's. An
// empty xShape or yShape gives one value a row, without a second axis. rows and all axes must be at least 1.
func Random(rows int, xShape, yShape []int, seed int64) (Data, error) {
	if rows <= 0 {
		return Data{}, fmt.Errorf("dataset: Random of %d rows: %w", rows, ErrNoRows)
	}
	source := rand.New(rand.NewPCG(uint64(seed), 0x756e737475636b)) // the stream is named after the project: "unstuck"
	x, err := uniform(source, rows, xShape)
	if err != nil {
		return Data{}, fmt.Errorf("dataset: Random: x: %w", err)
	}
	y, err := uniform(source, rows, yShape)
	if err != nil {
		return Data{}, fmt.Errorf("dataset: Random: y: %w", err)
	}
	return Data{X: x, Y: y}, nil
}

func uniform(source *rand.Rand, rows int, rowShape []int) (Array, error) {
	shape := append([]int{rows}, rowShape...)
	if slices.Contains(rowShape, 0) {
		return Array{}, fmt.Errorf("shape %v has an empty axis: %w", shape, ErrShape)
	}
	size, err := elements(shape)
	if err != nil {
		return Array{}, err
	}
	if size > maxElements {
		return Array{}, fmt.Errorf("shape %v has more than %d values: %w", shape, maxElements, ErrTooLarge)
	}
	values := make([]float32, size)
	for i := range values {
		values[i] = source.Float32()
	}
	return Array{Shape: shape, Values: values}, nil
}
