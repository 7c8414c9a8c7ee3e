package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// MSE is the mean squared error (1/n)·Σ(label − prediction)². Keras: "mse", "mean_squared_error".
//
// Shapes: labels and predictions alike, [batch, …]; labels [batch] against predictions [batch, 1] are
// taken as [batch, 1], as Keras does. A NaN on either side makes the row's loss NaN.
type MSE struct{}

// PerRow implements [Loss].
func (MSE) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	return meanPerRow(graph.Square(graph.Sub(labels, predictions)))
}

// String is "mse".
func (MSE) String() string { return "mse" }

// alike brings labels to the type and shape of predictions, or panics.
func alike(labels, predictions *graph.Node) *graph.Node {
	if labels.DType() != predictions.DType() {
		labels = graph.ConvertDType(labels, predictions.DType())
	}
	want := predictions.Shape()
	if labels.Rank() == want.Rank()-1 && want.Dim(-1) == 1 {
		labels = graph.ExpandDims(labels, -1)
	}
	if !labels.Shape().Equal(want) {
		panic(fmt.Errorf("labels have shape %v, predictions %v: the last layer must have as many units as there are targets", labels.Shape().Dimensions, want.Dimensions))
	}
	return labels
}

// meanPerRow averages over all axes but the first.
func meanPerRow(x *graph.Node) *graph.Node {
	if x.Rank() == 1 {
		return x
	}
	return graph.ReduceMean(graph.Reshape(x, x.Shape().Dim(0), -1), -1)
}
