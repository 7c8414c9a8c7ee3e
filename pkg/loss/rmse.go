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

// PerRow returns the squared error of each row.
func (RMSE) PerRow(labels, predictions *graph.Node) *graph.Node {
	return MSE{}.PerRow(labels, predictions)
}

// Final implements [Finisher]: the root.
func (RMSE) Final(mean float64) float64 { return math.Sqrt(mean) }

// String is "root_mean_squared_error".
func (RMSE) String() string { return "root_mean_squared_error" }
