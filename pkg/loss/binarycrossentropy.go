package loss

import (
	"errors"

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

	// What PyTorch's BCELoss and BCEWithLogitsLoss have beside that.
	CutLogarithms bool      `keras:"-"`        // cuts no probability, but its logarithms at −100, with a gradient that goes on there
	Weights       []float64 `keras:"-,from=0"` // what the loss of each output counts: one, or as many as the last axis has; nil: 1
	PosWeights    []float64 `keras:"-,from=0"` // what the first term is multiplied by, likewise
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
	var each *graph.Node
	switch {
	case b.FromLogits:
		positive := graph.Mul(labels, softplus(graph.Neg(predictions)))
		if b.PosWeights != nil {
			positive = graph.Mul(positive, perClass(b.PosWeights, predictions))
		}
		each = graph.Add(positive, graph.Mul(graph.OneMinus(labels), softplus(predictions)))
	case b.CutLogarithms:
		each = cutCrossentropy(labels, predictions)
	default:
		each = binaryCrossentropy(labels, predictions)
	}
	if b.Weights != nil {
		each = graph.Mul(each, perClass(b.Weights, predictions))
	}
	return meanPerRow(each)
}

// cutCrossentropy is −(y·max(log p, −100) + (1−y)·max(log(1−p), −100)), with PyTorch's gradient (p−y)/max(p(1−p), 1e-12).
func cutCrossentropy(y, p *graph.Node) *graph.Node {
	value := graph.Neg(graph.Add(
		graph.Mul(y, atLeast(graph.Log(p), -100)),
		graph.Mul(graph.OneMinus(y), atLeast(graph.Log(graph.OneMinus(p)), -100))))
	slope := graph.Div(graph.Sub(p, y), atLeast(graph.Mul(p, graph.OneMinus(p)), 1e-12))
	return withGradient(value, graph.Mul(graph.StopGradient(slope), p))
}

// binaryCrossentropy is −(y·log p + (1−y)·log(1−p)) of probabilities.
func binaryCrossentropy(y, p *graph.Node) *graph.Node {
	p = clip(p, epsilon, 1-epsilon)
	return graph.Neg(graph.Add(
		graph.Mul(y, graph.Log(p)),
		graph.Mul(graph.OneMinus(y), graph.Log(graph.OneMinus(p)))))
}

// Validate refuses label smoothing outside [0, 1] and weights that are negative or not finite, or of no use beside the rest.
func (b BinaryCrossentropy) Validate() error {
	if b.PosWeights != nil && !b.FromLogits {
		return errors.New("BinaryCrossentropy.PosWeights are given without FromLogits: PyTorch has them for logits alone")
	}
	return codec.Check(b)
}

// String is "binary_crossentropy".
func (BinaryCrossentropy) String() string { return "binary_crossentropy" }
