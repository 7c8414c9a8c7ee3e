package loss

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Hinge is the mean of max(1 − y·p, 0), for labels y of −1 and 1. Keras: "hinge".
//
// Labels of a batch that are all 0 or 1 are taken as −1 and 1, as in Keras. Predictions are any numbers: end with a
// tanh or nothing. At the hinge itself the gradient is half of that beside it, as in Keras on JAX. Shapes and NaN as for
// [MSE].
type Hinge struct{}

var (
	_ = losses.Add(Hinge{}, averaged)
	_ = losses.Say("hinge", Hinge{})
)

// PerRow implements [Loss].
func (h Hinge) PerRow(labels, predictions *graph.Node) *graph.Node {
	return h.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (Hinge) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	return meanPerRow(missing(labels, predictions, mask))
}

// String is "hinge".
func (Hinge) String() string { return "hinge" }

// SquaredHinge is the mean of max(1 − y·p, 0)². Keras: "squared_hinge". Labels, shapes and NaN as for [Hinge].
type SquaredHinge struct{}

var (
	_ = losses.Add(SquaredHinge{}, averaged)
	_ = losses.Say("squared_hinge", SquaredHinge{})
)

// PerRow implements [Loss].
func (s SquaredHinge) PerRow(labels, predictions *graph.Node) *graph.Node {
	return s.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (SquaredHinge) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	return meanPerRow(graph.Square(missing(labels, predictions, mask)))
}

// String is "squared_hinge".
func (SquaredHinge) String() string { return "squared_hinge" }

// missing is max(1 − y·p, 0), what a prediction lacks of the margin.
func missing(labels, predictions, mask *graph.Node) *graph.Node {
	y := signs(alike(labels, predictions), mask)
	return ramp(graph.OneMinus(graph.Mul(y, predictions)))
}

// signs makes −1 and 1 of labels that are all 0 or 1, and leaves others as they are.
func signs(y, mask *graph.Node) *graph.Node {
	zero, one := graph.ScalarZero(y.Graph(), y.DType()), graph.ScalarOne(y.Graph(), y.DType())
	known := onData(y, mask, 0)
	binary := graph.LogicalAll(graph.LogicalOr(graph.Equal(known, zero), graph.Equal(known, one)))
	return graph.Where(binary, graph.AddScalar(graph.MulScalar(y, 2), -1), y)
}
