package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// SparseCategoricalCrossentropy is −log p of the class whose number, from 0, is the label.
// Keras: "sparse_categorical_crossentropy".
//
// Shapes: predictions [batch, …, classes], labels [batch, …] or [batch, …, 1], of any numeric type. What is
// done with probabilities and logits is described at [CategoricalCrossentropy]. A label that is no class
// — negative, too large, fractional, NaN — makes the row's loss NaN; Keras on JAX cuts
// fractions off and counts a row without a class as a loss of 0. To leave a class out as Keras does: Ignore.
//
// The settings that Keras doesn't have make it PyTorch's CrossEntropyLoss and NLLLoss, see [SparseCategoricalCrossentropy.PerRowOf].
type SparseCategoricalCrossentropy struct {
	FromLogits bool  `keras:"from_logits"`        // predictions are logits; false: probabilities
	Ignore     []int `keras:"ignore_class,alone"` // labels that count for nothing, classes or not, of which Keras has one at most; nil: none

	LogProbabilities bool      `keras:"-"`             // predictions are logarithms of probabilities, whatever FromLogits says
	LabelSmoothing   float64   `keras:"-,from=0,to=1"` // s in [0, 1]: labels become 1−s for their class, and s/classes for each
	ClassWeights     []float64 `keras:"-,from=0"`      // what the loss of each class counts, one for each; nil: 1
	ClassesFirst     bool      `keras:"-"`             // predictions are [batch, classes, …]; false: the last axis has the classes
	NaNOfNone        bool      `keras:"-"`             // the loss of a batch in which no label counts is NaN, as in PyTorch; false: 0, as in Keras
}

var (
	_ = losses.Add(SparseCategoricalCrossentropy{}, averaged, codec.LastAxis("axis"), codec.Settled(oneIgnored))
	_ = losses.Say("sparse_categorical_crossentropy", SparseCategoricalCrossentropy{})
)

// oneIgnored reports a list where Keras has one class.
func oneIgnored(from codec.Source, value any) any {
	if l := value.(SparseCategoricalCrossentropy); len(l.Ignore) > 1 {
		from.Problem("ignore_class", "%v is not one class", l.Ignore)
	}
	return value
}

// PerRow implements [Loss].
func (s SparseCategoricalCrossentropy) PerRow(labels, predictions *graph.Node) *graph.Node {
	return s.PerRowOf(labels, predictions, nil)
}

// oneHotOf is 1 for the class of each label and 0 for the others, NaN for all where the label is no class.
func oneHotOf(labels, predictions *graph.Node) *graph.Node {
	g, dtype, shape := predictions.Graph(), predictions.DType(), predictions.Shape()
	labels = graph.ConvertDType(labels, dtype)
	if labels.Rank() == shape.Rank()-1 {
		labels = graph.InsertAxes(labels, -1)
	}
	want := shape.Clone()
	if want.Rank() > 0 {
		want.Dimensions[want.Rank()-1] = 1
	}
	if !labels.Shape().Equal(want) {
		panic(shapeOfNumbers(labels, predictions))
	}
	classes := graph.Iota(g, shape, -1)
	oneHot := graph.ConvertDType(graph.Equal(graph.BroadcastToShape(labels, shape), classes), dtype)
	found := graph.GreaterThan(graph.ReduceAndKeep(oneHot, graph.ReduceSum, -1), graph.ScalarZero(g, dtype))
	// The NaN goes into the labels, not onto the loss: XLA takes 0·NaN for 0 where it knows the 0, and the
	// gradient would hide it.
	nan := graph.Scalar(g, dtype, math.NaN())
	return graph.Where(graph.BroadcastToShape(found, shapes.Make(found.DType(), shape.Dimensions...)), oneHot, nan)
}

func shapeOfNumbers(labels, predictions *graph.Node) error {
	return fmt.Errorf("labels have shape %v, predictions %v: class numbers have the shape of the predictions without their last axis; for one-hot labels use CategoricalCrossentropy", labels.Shape().Dimensions, predictions.Shape().Dimensions)
}

// Validate refuses label smoothing outside [0, 1] and weights that are negative or not finite.
func (s SparseCategoricalCrossentropy) Validate() error { return codec.Check(s) }

// String is "sparse_categorical_crossentropy".
func (SparseCategoricalCrossentropy) String() string { return "sparse_categorical_crossentropy" }
