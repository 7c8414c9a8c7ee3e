package loss

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// RMSE is √(mean of squared errors), the root taken once over all rows: Keras' RootMeanSquaredError.
// Shapes and NaN as for [MSE].
type RMSE struct{}

var _ = metrics.Add(RMSE{}, codec.Named("RootMeanSquaredError"))

// Sums implements [Accumulator].
func (RMSE) Sums(b Batch) *graph.Node {
	b.Steps = nil // all steps count, as in Keras
	return mean{MSE{}}.Sums(b)
}

// Values implements [Accumulator].
func (RMSE) Values(sums []float64) []float64 { return []float64{math.Sqrt(ratio(sums[0], sums[1]))} }

// String is "root_mean_squared_error".
func (RMSE) String() string { return "root_mean_squared_error" }
