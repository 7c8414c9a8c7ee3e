package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MAE is the mean absolute error (1/n)·Σ|label − prediction|. Keras: "mae", "mean_absolute_error".
//
// Shapes and NaN as for [MSE]. The gradient with respect to a prediction is ±1/n; where
// prediction and label are equal it is −1/n, as in Keras on JAX (on TensorFlow: 0).
type MAE struct {
	ZeroAtZero bool `keras:"-"` // the gradient is 0 where prediction and label are equal, as in PyTorch
}

var (
	_ = losses.Add(MAE{}, codec.Named("MeanAbsoluteError"), averaged)
	_ = losses.Say("mae", MAE{})
	_ = losses.Say("MAE", MAE{})
	_ = losses.Say("mean_absolute_error", MAE{})
)

// PerRow implements [Loss].
func (m MAE) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	if m.ZeroAtZero {
		e := graph.Sub(predictions, labels)
		return meanPerRow(graph.Mul(e, graph.StopGradient(graph.Sign(e))))
	}
	return meanPerRow(graph.Abs(graph.Sub(labels, predictions)))
}

// String is "mae".
func (MAE) String() string { return "mae" }
