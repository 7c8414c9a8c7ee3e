package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// What judges see of inputs that are indices.
const (
	mostIndices = 2000 // different ones
	mostPlaces  = 512  // columns in which each place has its own; beyond, judges see how often each index is in a row
)

// readerOf is how judges read an input's rows, and how many columns that makes: numbers as they are, and indices that the model looks up in
// a table one-hot, for how far apart two of them are means nothing.
func readerOf(c training.Training, input dataset.Array) (read func(row int) []float64, columns int) {
	size := input.RowSize()
	highest, indices := 0.0, !takesNumbers(c.Model)
	for _, v := range input.Values {
		x := float64(v)
		indices = indices && (math.IsNaN(x) || math.IsInf(x, 0) || x >= 0 && x < mostIndices && x == math.Trunc(x))
		if finite(x) {
			highest = max(highest, x)
		}
	}
	if !indices {
		return func(row int) []float64 { return widened(input.Row(row)) }, size
	}
	each := int(highest) + 1
	columns = each
	if size*each <= mostPlaces {
		columns = size * each
	}
	return func(row int) []float64 {
		counts := make([]float64, columns)
		for place, v := range input.Row(row) {
			counts[(place*each+int(v))%columns]++
		}
		return counts
	}, columns
}
