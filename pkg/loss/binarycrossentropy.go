package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// BinaryCrossentropy is −(y·log p + (1−y)·log(1−p)), averaged over the outputs, for labels y in [0, 1].
// Keras: "binary_crossentropy".
//
// Probabilities are cut to [1e-7, 1−1e-7] first, so the loss is at most 16.1 and its gradient 0 outside.
// From logits x, p = 1/(1+e⁻ˣ) and nothing is cut. Shapes as for [MSE]; a NaN makes the row's loss NaN.
// Labels outside [0, 1] aren't refused, as in Keras: the loss then has no lower bound.
type BinaryCrossentropy struct {
	FromLogits     bool    `keras:"from_logits"`                 // predictions are logits; false: probabilities
	LabelSmoothing float64 `keras:"label_smoothing,from=0,to=1"` // s in [0, 1]: labels become y·(1−s) + s/2
}

var (
	_ = losses.Add(BinaryCrossentropy{}, averaged, codec.LastAxis("axis"))
	_ = losses.Say("binary_crossentropy", BinaryCrossentropy{})
	_ = losses.Say("bce", BinaryCrossentropy{})
	_ = losses.Say("BCE", BinaryCrossentropy{})
)

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
	return meanPerRow(binaryCrossentropy(labels, predictions))
}

// binaryCrossentropy is −(y·log p + (1−y)·log(1−p)) of probabilities.
func binaryCrossentropy(y, p *graph.Node) *graph.Node {
	p = clip(p, epsilon, 1-epsilon)
	return graph.Neg(graph.Add(
		graph.Mul(y, graph.Log(p)),
		graph.Mul(graph.OneMinus(y), graph.Log(graph.OneMinus(p)))))
}

// Validate refuses label smoothing outside [0, 1].
func (b BinaryCrossentropy) Validate() error { return codec.Check(b) }

// String is "binary_crossentropy".
func (BinaryCrossentropy) String() string { return "binary_crossentropy" }
