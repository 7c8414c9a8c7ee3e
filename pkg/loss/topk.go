package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// TopKCategoricalAccuracy is the share of rows in which fewer than K predictions are larger than that of the class of the
// largest label. Shapes: both [batch, …, classes].
type TopKCategoricalAccuracy struct {
	K int `keras:"k,default=5,from=1"` // 0: 5
}

// SparseTopKCategoricalAccuracy is the share of rows in which fewer than K predictions are larger than that of the label's
// class. Shapes: predictions [batch, …, classes], labels, class numbers from 0, [batch, …] or [batch, …, 1]. A label that is no
// class is never right.
type SparseTopKCategoricalAccuracy struct {
	K int `keras:"k,default=5,from=1"` // 0: 5
}

// ExactAccuracy is the share of predictions that equal their labels: Keras' class Accuracy, which isn't its "accuracy",
// [Accuracy]. Shapes: both [batch, …].
type ExactAccuracy struct{}

var (
	_ = metrics.Add(TopKCategoricalAccuracy{})
	_ = metrics.Add(SparseTopKCategoricalAccuracy{}, codec.Only("from_sorted_ids", false))
	_ = metrics.Add(ExactAccuracy{}, codec.Named("Accuracy"))
)

// inTopK is the share of each row that is among the k first; classes is int32 of the shape of the predictions without the last axis.
func inTopK(classes, predictions *graph.Node, k int) *graph.Node {
	if k == 0 {
		k = 5
	}
	g, dtype, shape := predictions.Graph(), predictions.DType(), predictions.Shape()
	index := shape.Clone()
	index.DType = dtypes.Int32
	hit := graph.Equal(graph.BroadcastToShape(graph.InsertAxes(classes, -1), index), graph.Iota(g, index, -1))
	lowest := graph.Scalar(g, dtype, math.Inf(-1))
	of := graph.ReduceAndKeep(graph.Where(hit, predictions, lowest), graph.ReduceMax, -1)
	of = graph.BroadcastToShape(graph.Where(notNaN(of), of, lowest), shape) // a NaN is no large prediction
	larger := graph.ReduceSum(graph.ConvertDType(graph.GreaterThan(predictions, of), dtypes.Int32), -1)
	isClass := graph.ReduceLogicalOr(hit, -1)
	return meanRight(graph.LogicalAnd(isClass, graph.LessThan(larger, graph.Const(g, int32(k)))))
}

// PerRow is the share of each row that is right.
func (a TopKCategoricalAccuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = likePredictions(labels, predictions)
	return inTopK(graph.ConvertDType(graph.ArgMax(labels, -1), dtypes.Int32), predictions, a.K)
}

// Validate refuses a negative K.
func (a TopKCategoricalAccuracy) Validate() error { return checkK(a.String(), a.K) }

// String is "top_k_categorical_accuracy".
func (TopKCategoricalAccuracy) String() string { return "top_k_categorical_accuracy" }

// HigherIsBetter is true.
func (TopKCategoricalAccuracy) HigherIsBetter() bool { return true }

// PerRow is the share of each row that is right.
func (a SparseTopKCategoricalAccuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	return inTopK(graph.ConvertDType(numbersOf(labels, predictions), dtypes.Int32), predictions, a.K)
}

// Validate refuses a negative K.
func (a SparseTopKCategoricalAccuracy) Validate() error { return checkK(a.String(), a.K) }

// String is "sparse_top_k_categorical_accuracy".
func (SparseTopKCategoricalAccuracy) String() string { return "sparse_top_k_categorical_accuracy" }

// HigherIsBetter is true.
func (SparseTopKCategoricalAccuracy) HigherIsBetter() bool { return true }

func checkK(metric string, k int) error {
	if k < 0 {
		return fmt.Errorf("%s: K is %d: must be positive", metric, k)
	}
	return nil
}

// PerRow is the share of each row that is right.
func (ExactAccuracy) PerRow(labels, predictions *graph.Node) *graph.Node {
	return meanRight(graph.Equal(alike(labels, predictions), predictions))
}

// String is "accuracy", as Keras names it.
func (ExactAccuracy) String() string { return "accuracy" }

// HigherIsBetter is true.
func (ExactAccuracy) HigherIsBetter() bool { return true }
