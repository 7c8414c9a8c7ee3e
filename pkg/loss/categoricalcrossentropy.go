package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// CategoricalCrossentropy is −Σ yₖ·log pₖ over the classes k, the last axis, for labels that are
// distributions (one-hot). Keras: "categorical_crossentropy".
//
// Shapes: labels and predictions [batch, …, classes]; axes between are averaged. Probabilities are divided
// by their sum and cut to [1e-7, 1−1e-7]; all zeros make the loss NaN. From logits, p = softmax. For labels
// that are class numbers see [SparseCategoricalCrossentropy].
type CategoricalCrossentropy struct {
	FromLogits     bool    `keras:"from_logits"`                 // predictions are logits; false: probabilities
	LabelSmoothing float64 `keras:"label_smoothing,from=0,to=1"` // s in [0, 1]: labels become y·(1−s) + s/classes

	ClassWeights []float64 `keras:"-,from=0"` // what each class counts in the sum, one for each, as in PyTorch; nil: 1
	ClassesFirst bool      `keras:"-"`        // labels and predictions are [batch, classes, …], as in PyTorch
}

var (
	_ = losses.Add(CategoricalCrossentropy{}, averaged, codec.LastAxis("axis"))
	_ = losses.Say("categorical_crossentropy", CategoricalCrossentropy{})
)

// PerRow implements [Loss].
func (c CategoricalCrossentropy) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	if c.ClassesFirst {
		labels, predictions = classesLast(labels), classesLast(predictions)
	}
	if s := c.LabelSmoothing; s != 0 {
		classes := float64(predictions.Shape().Dim(-1))
		labels = graph.AddScalar(graph.MulScalar(labels, 1-s), s/classes)
	}
	if c.ClassWeights != nil {
		labels = graph.Mul(labels, perClass(c.ClassWeights, predictions))
	}
	return meanPerRow(crossentropy(labels, predictions, c.FromLogits))
}

// crossentropy is −Σ labels·log p over the last axis.
func crossentropy(labels, predictions *graph.Node, fromLogits bool) *graph.Node {
	needsClasses(predictions)
	return graph.Neg(graph.ReduceSum(graph.Mul(labels, logProbabilities(predictions, fromLogits)), -1))
}

func needsClasses(predictions *graph.Node) {
	if predictions.Rank() < 2 || predictions.Shape().Dim(-1) < 2 {
		panic(fmt.Errorf("predictions have shape %v: categorical cross-entropy needs one output for each of at least two classes; with a single output use BinaryCrossentropy", predictions.Shape().Dimensions))
	}
}

func logProbabilities(predictions *graph.Node, fromLogits bool) *graph.Node {
	if fromLogits {
		return graph.LogSoftmax(predictions, -1)
	}
	sum := graph.ReduceAndKeep(predictions, graph.ReduceSum, -1)
	return graph.Log(clip(graph.Div(predictions, sum), epsilon, 1-epsilon))
}

// Validate refuses label smoothing outside [0, 1].
func (c CategoricalCrossentropy) Validate() error { return codec.Check(c) }

// String is "categorical_crossentropy".
func (CategoricalCrossentropy) String() string { return "categorical_crossentropy" }
