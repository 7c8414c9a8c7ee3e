package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MSLE is the mean squared logarithmic error (1/n)·Σ(log(1+label) − log(1+prediction))².
// Keras: "msle", "mean_squared_logarithmic_error".
//
// Labels and predictions below 1e-7 count as 1e-7, where a prediction has no gradient: a model that predicts only
// negative numbers doesn't learn. Shapes and NaN as for [MSE].
type MSLE struct{}

var (
	_ = losses.Add(MSLE{}, codec.Named("MeanSquaredLogarithmicError"), averaged)
	_ = losses.Say("msle", MSLE{})
	_ = losses.Say("MSLE", MSLE{})
	_ = losses.Say("mean_squared_logarithmic_error", MSLE{})
)

// PerRow implements [Loss].
func (MSLE) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	log := func(x *graph.Node) *graph.Node { return graph.Log(graph.OnePlus(atLeast(x, epsilon))) }
	return meanPerRow(graph.Square(graph.Sub(log(predictions), log(labels))))
}

// String is "msle".
func (MSLE) String() string { return "msle" }
