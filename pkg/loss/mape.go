package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MAPE is the mean absolute percentage error (100/n)·Σ|label − prediction|/max(|label|, 1e-7).
// Keras: "mape", "mean_absolute_percentage_error".
//
// A label of 0 makes the loss, and its gradient, ten million times too large. Shapes and NaN as for [MSE].
type MAPE struct{}

var (
	_ = losses.Add(MAPE{}, codec.Named("MeanAbsolutePercentageError"), averaged)
	_ = losses.Say("mape", MAPE{})
	_ = losses.Say("MAPE", MAPE{})
	_ = losses.Say("mean_absolute_percentage_error", MAPE{})
)

// PerRow implements [Loss].
func (MAPE) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	size := atLeast(graph.Abs(labels), epsilon)
	return meanPerRow(graph.MulScalar(graph.Abs(graph.Div(graph.Sub(labels, predictions), size)), 100))
}

// String is "mape".
func (MAPE) String() string { return "mape" }
