package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// BinaryCrossentropy is −(y·log p + (1−y)·log(1−p)), averaged over the outputs, for labels y in [0, 1].
// Keras: "binary_crossentropy".
//
// Probabilities are cut to [1e-7, 1−1e-7] first, so the loss is at most 16.1 and its gradient 0 outside.
// From logits x, p = 1/(1+e⁻ˣ) and nothing is cut. Shapes as for [MSE]; a NaN makes the row's loss NaN.
// Labels outside [0, 1] aren't refused, as in Keras: the loss then has no lower bound.
type BinaryCrossentropy struct {
	FromLogits     bool    // predictions are logits; false: probabilities
	LabelSmoothing float64 // s in [0, 1]: labels become y·(1−s) + s/2
}

// PerRow implements [Loss].
func (b BinaryCrossentropy) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	if s := b.LabelSmoothing; s != 0 {
		labels = graph.AddScalar(graph.MulScalar(labels, 1-s), 0.5*s)
	}
	if b.FromLogits {
		return meanPerRow(graph.Add(
			graph.Mul(labels, softplus(graph.Neg(predictions))),
			graph.Mul(graph.OneMinus(labels), softplus(predictions))))
	}
	p := clip(predictions, epsilon, 1-epsilon)
	return meanPerRow(graph.Neg(graph.Add(
		graph.Mul(labels, graph.Log(p)),
		graph.Mul(graph.OneMinus(labels), graph.Log(graph.OneMinus(p))))))
}

// Validate refuses label smoothing outside [0, 1].
func (b BinaryCrossentropy) Validate() error {
	return validateSmoothing("BinaryCrossentropy", b.LabelSmoothing)
}

// String is "binary_crossentropy".
func (BinaryCrossentropy) String() string { return "binary_crossentropy" }

func validateSmoothing(loss string, s float64) error {
	if !(s >= 0 && s <= 1) {
		return fmt.Errorf("%s.LabelSmoothing is %g, must lie in [0, 1]", loss, s)
	}
	return nil
}
