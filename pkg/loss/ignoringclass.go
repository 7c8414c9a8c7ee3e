package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// IgnoringClass is [SparseCategoricalCrossentropy] without the labels of one class, or of a number that is none, −1 or 255 for
// what isn't labelled: the mean over the other labels of the batch, 0 where there are none. Keras:
// SparseCategoricalCrossentropy(ignore_class=…).
//
// As the mean is that of a batch, another batch size gives another loss, see [Batchwise]. Shapes as there.
type IgnoringClass struct {
	Class      int  `keras:"ignore_class,required"` // the label that doesn't count
	FromLogits bool `keras:"from_logits"`           // predictions are logits; false: probabilities
}

// Keras' class is one for both, and read by the other type.
var _ = losses.Printed(IgnoringClass{}, codec.Named("SparseCategoricalCrossentropy"))

// unlessIgnoring is an [IgnoringClass] where a config names one.
func unlessIgnoring(from codec.Source, value any) any {
	const key, most = "ignore_class", 1 << 24 // beyond, float32 doesn't tell whole numbers apart
	if !from.Has(key) || from.Null(key) {
		from.Ignore(key)
		return value
	}
	return IgnoringClass{Class: from.Whole(key, 0, -most, most), FromLogits: value.(SparseCategoricalCrossentropy).FromLogits}
}

// PerRow implements [Loss].
func (i IgnoringClass) PerRow(labels, predictions *graph.Node) *graph.Node {
	return i.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (i IgnoringClass) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	return i.steps(labels, predictions, mask).Means(mask, 0)
}

// steps are the labels that count.
func (i IgnoringClass) steps(labels, predictions, mask *graph.Node) Steps {
	if labels.Rank() == predictions.Rank() && labels.Rank() > 1 && labels.Shape().Dim(-1) == 1 {
		labels = graph.Squeeze(labels, -1)
	}
	if labels.Rank() != predictions.Rank()-1 {
		panic(shapeOfNumbers(labels, predictions))
	}
	counts := graph.NotEqual(labels, graph.Scalar(labels.Graph(), labels.DType(), i.Class))
	return OfSteps(SparseCategoricalCrossentropy{FromLogits: i.FromLogits}, labels, predictions, counts, mask)
}

// String names the class that is left out.
func (i IgnoringClass) String() string {
	return fmt.Sprintf("sparse_categorical_crossentropy without class %d", i.Class)
}

// bestIgnoring is the entropy of the labels that count, of all columns together.
func bestIgnoring(t *table, l IgnoringClass) (float64, error) {
	var kept column
	for _, c := range t.columns {
		if c.weights != nil {
			return 0, fmt.Errorf("the best constant for the loss %s with weights of rows %w", l, ErrUnknownConstant)
		}
		for _, y := range c.y {
			if y != float64(l.Class) {
				kept.y = append(kept.y, y)
			}
		}
	}
	if len(kept.y) == 0 {
		return 0, fmt.Errorf("every label is %d, which the loss leaves out", l.Class)
	}
	return bestSparse(kept, SparseCategoricalCrossentropy{FromLogits: l.FromLogits})
}
