package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MSE is the mean squared error (1/n)·Σ(label − prediction)². Keras: "mse", "mean_squared_error".
//
// Shapes: labels and predictions alike, [batch, …]; labels [batch] against predictions [batch, 1] are
// taken as [batch, 1], as Keras does. A NaN on either side makes the row's loss NaN.
type MSE struct{}

var (
	_ = losses.Add(MSE{}, codec.Named("MeanSquaredError"), averaged)
	_ = losses.Say("mse", MSE{})
	_ = losses.Say("MSE", MSE{})
	_ = losses.Say("mean_squared_error", MSE{})
)

// PerRow implements [Loss].
func (MSE) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	return meanPerRow(graph.Square(graph.Sub(labels, predictions)))
}

// String is "mse".
func (MSE) String() string { return "mse" }
