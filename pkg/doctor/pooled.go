package doctor

import (
	"math"

	"example.com/unstuck/pkg/training"
)

// pooledReader is what judges see of an image or a series besides its values one by one: mean and deviation of each feature over all
// places, which stay where what is shown moves. 0 columns for rows of plain features, and for those of which most would be pooled.
func pooledReader(c training.Training, input int) (read func(row int) []float64, columns int) {
	a := c.Data.Inputs()[input]
	if len(a.Shape) < 3 || !takesNumbers(c.Model) {
		return nil, 0
	}
	features, inner := a.Shape[len(a.Shape)-1], 1
	if axis := c.FeatureAxis(input); axis > 0 {
		features, inner = a.Shape[axis], sizeOf(a.Shape[axis+1:])
	}
	if size := a.RowSize(); 2*features >= size/2 {
		return nil, 0
	}
	return func(row int) []float64 {
		out := make([]float64, 2*features)
		values := a.Row(row)
		n := float64(len(values) / features)
		for i, v := range values {
			out[i/inner%features] += float64(v) / n
		}
		for i, v := range values {
			j := i / inner % features
			out[features+j] += (float64(v) - out[j]) * (float64(v) - out[j]) / n
		}
		for j := range features {
			out[features+j] = math.Sqrt(out[features+j])
		}
		return out
	}, 2 * features
}
