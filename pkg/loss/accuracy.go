package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Accuracy is the share of right predictions: Keras' "accuracy", which picks the kind by the shapes of
// labels [batch, …] and predictions [batch, …, classes]. One class: [BinaryAccuracy]. Labels without the
// last axis, or with one of length 1: [SparseCategoricalAccuracy]. Else [CategoricalAccuracy].
//
// Unlike in Keras, a prediction or label with a NaN is never right.
type Accuracy struct{}

var (
	_ = metrics.Add(Accuracy{}, codec.NoClass()) // keras.metrics.Accuracy is another thing: predictions that equal their labels
	_ = metrics.Say("accuracy", Accuracy{})
)

// PerRow implements [Metric].
func (Accuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	switch last := predictions.Shape().Dim(-1); {
	case last == 1 || predictions.Rank() == 1:
		return BinaryAccuracy{}.PerRow(labels, predictions)
	case labels.Rank() < predictions.Rank() || labels.Shape().Dim(-1) == 1:
		return SparseCategoricalAccuracy{}.PerRow(labels, predictions)
	default:
		return CategoricalAccuracy{}.PerRow(labels, predictions)
	}
}

// String is "accuracy".
func (Accuracy) String() string { return "accuracy" }

// HigherIsBetter is true.
func (Accuracy) HigherIsBetter() bool { return true }

// BinaryAccuracy is the share of predictions on the label's side of the threshold: prediction >
// Threshold against label 1, else against label 0. Shapes: both [batch, …], averaged over all axes but
// the first. A NaN is never right; nor is any prediction where the label is neither 0 nor 1.
type BinaryAccuracy struct {
	Threshold float64 `keras:"threshold,default=0.5"` // 0: 0.5, Keras' default; for logits, whose threshold is 0, give the smallest positive number
}

var _ = metrics.Add(BinaryAccuracy{})

// PerRow implements [Metric].
func (a BinaryAccuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	threshold := a.Threshold
	if threshold == 0 {
		threshold = 0.5
	}
	labels = likePredictions(labels, predictions)
	above := graph.GreaterThan(predictions, graph.Scalar(predictions.Graph(), predictions.DType(), threshold))
	right := graph.Equal(graph.ConvertDType(above, predictions.DType()), labels)
	return meanRight(graph.LogicalAnd(right, notNaN(predictions)))
}

// Validate refuses a threshold that is NaN or infinite.
func (a BinaryAccuracy) Validate() error {
	if math.IsNaN(a.Threshold) || math.IsInf(a.Threshold, 0) {
		return fmt.Errorf("BinaryAccuracy.Threshold is %g, must be finite", a.Threshold)
	}
	return nil
}

// String is "binary_accuracy".
func (BinaryAccuracy) String() string { return "binary_accuracy" }

// HigherIsBetter is true.
func (BinaryAccuracy) HigherIsBetter() bool { return true }

// CategoricalAccuracy is the share of rows whose largest prediction is where the largest label is; the
// first of equals counts. Shapes: both [batch, …, classes]. A row with a NaN is never right.
type CategoricalAccuracy struct{}

var _ = metrics.Add(CategoricalAccuracy{})

// PerRow implements [Metric].
func (CategoricalAccuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = likePredictions(labels, predictions)
	right := graph.Equal(graph.ArgMax(labels, -1), graph.ArgMax(predictions, -1))
	sound := graph.LogicalAnd(notNaN(labels), notNaN(predictions))
	return meanRight(graph.LogicalAnd(right, graph.ReduceLogicalAnd(sound, -1)))
}

// String is "categorical_accuracy".
func (CategoricalAccuracy) String() string { return "categorical_accuracy" }

// HigherIsBetter is true.
func (CategoricalAccuracy) HigherIsBetter() bool { return true }

// SparseCategoricalAccuracy is the share of rows whose largest prediction has the number, from 0, that is
// the label; the first of equals counts. Shapes: predictions [batch, …, classes], labels [batch, …] or
// [batch, …, 1]. A row with a NaN is never right, nor is one whose label is no class.
type SparseCategoricalAccuracy struct{}

var _ = metrics.Add(SparseCategoricalAccuracy{})

// PerRow implements [Metric].
func (SparseCategoricalAccuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = numbersOf(labels, predictions)
	class := graph.ConvertDType(graph.ArgMax(predictions, -1), labels.DType())
	return meanRight(graph.LogicalAnd(graph.Equal(labels, class), graph.ReduceLogicalAnd(notNaN(predictions), -1)))
}

// String is "sparse_categorical_accuracy".
func (SparseCategoricalAccuracy) String() string { return "sparse_categorical_accuracy" }

// HigherIsBetter is true.
func (SparseCategoricalAccuracy) HigherIsBetter() bool { return true }

// numbersOf brings labels that are class numbers to the predictions' shape without the last axis.
func numbersOf(labels, predictions *graph.Node) *graph.Node {
	dims := predictions.Shape().Dimensions
	if len(dims) < 2 || labels.Shape().Size()*dims[len(dims)-1] != predictions.Shape().Size() {
		panic(fmt.Errorf("labels have shape %v, predictions %v: class numbers have the shape of the predictions without their last axis", labels.Shape().Dimensions, dims))
	}
	return graph.Reshape(labels, dims[:len(dims)-1]...)
}

func notNaN(x *graph.Node) *graph.Node { return graph.Equal(x, x) }

// meanRight turns booleans [batch, …] into their share in each row.
func meanRight(right *graph.Node) *graph.Node {
	share := graph.ConvertDType(right, dtypes.Float32)
	if share.Rank() == 1 {
		return share
	}
	return graph.ReduceMean(graph.Reshape(share, share.Shape().Dim(0), -1), -1)
}

// likePredictions brings labels to the type of the predictions, and labels [batch] to [batch, 1].
func likePredictions(labels, predictions *graph.Node) *graph.Node {
	labels = graph.ConvertDType(labels, predictions.DType())
	if labels.Rank() == predictions.Rank()-1 && predictions.Shape().Dim(-1) == 1 {
		labels = graph.ExpandAxes(labels, -1)
	}
	if !labels.Shape().Equal(predictions.Shape()) {
		panic(fmt.Errorf("labels have shape %v, predictions %v: they must be alike", labels.Shape().Dimensions, predictions.Shape().Dimensions))
	}
	return labels
}
