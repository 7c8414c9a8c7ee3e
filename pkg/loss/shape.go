package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// alike brings labels to the type and shape of predictions, or panics. As in Keras a last axis of size 1
// may be missing on either side; unlike there, nothing else is broadcast: [batch] against [batch, 2] is
// a mistake, not a comparison of everything with everything.
func alike(labels, predictions *graph.Node) *graph.Node {
	labels = graph.ConvertDType(labels, predictions.DType())
	want := predictions.Shape()
	switch {
	case labels.Rank() == want.Rank()-1 && want.Dim(-1) == 1:
		labels = graph.InsertAxes(labels, -1)
	case labels.Rank() == want.Rank()+1 && labels.Shape().Dim(-1) == 1:
		labels = graph.Squeeze(labels, -1)
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

// clip cuts x to [low, high]; outside, its gradient is 0. A NaN stays NaN.
func clip(x *graph.Node, low, high float64) *graph.Node {
	g, dtype := x.Graph(), x.DType()
	lowest, highest := graph.Scalar(g, dtype, low), graph.Scalar(g, dtype, high)
	x = graph.Where(graph.LessThan(x, lowest), lowest, x)
	return graph.Where(graph.GreaterThan(x, highest), highest, x)
}

// atLeast cuts x off below; there its gradient is 0. A NaN stays NaN.
func atLeast(x *graph.Node, low float64) *graph.Node {
	lowest := graph.Scalar(x.Graph(), x.DType(), low)
	return graph.Where(graph.LessThan(x, lowest), lowest, x)
}

// ramp is max(x, 0), whose gradient at 0 is ½. A NaN stays NaN.
func ramp(x *graph.Node) *graph.Node {
	zero := graph.ScalarZero(x.Graph(), x.DType())
	x = graph.Where(graph.LessThan(x, zero), zero, x)
	return graph.Where(graph.Equal(x, zero), graph.MulScalar(x, 0.5), x)
}

// softplus is log(1 + eˣ) without overflow; infinities give ∞ and 0, which GoMLX's own doesn't.
func softplus(x *graph.Node) *graph.Node {
	return graph.Add(graph.MaxScalar(x, 0), graph.Log1p(graph.Exp(graph.Neg(graph.Abs(x)))))
}

// epsilon keeps probabilities away from 0 and 1 before a logarithm: keras.config.epsilon().
const epsilon = 1e-7
