package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// PerRowOf implements [Batchwise]. With ClassWeights or Ignore the rows count differently, and what they are averaged to
// depends on the batch: with l the loss and w the weight of a label, 0 for one that is ignored, the mean is
//
//	Σ w·l / Σ w
//
// over all labels of the batch; where that is 0/0 it is 0, or NaN with NaNOfNone. With LabelSmoothing l is (1−s)·w·(−log p) + s/classes·Σₖ wₖ·(−log pₖ).
func (s SparseCategoricalCrossentropy) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	sums, counts := s.terms(labels, predictions)
	if s.ClassWeights == nil && s.Ignore == nil {
		return meanPerRow(sums)
	}
	sums, counts = inRows(sums), inRows(counts)
	total := graph.ReduceAllSum(onData(counts, mask, 0))
	if s.NaNOfNone {
		return graph.Mul(sums, graph.Div(dataRows(sums, mask), total))
	}
	return graph.Mul(sums, quotient(dataRows(sums, mask), total))
}

// terms are the weighted losses of the labels and their weights, [batch, …] both.
func (s SparseCategoricalCrossentropy) terms(labels, predictions *graph.Node) (sums, counts *graph.Node) {
	if s.ClassesFirst {
		predictions = classesLast(predictions)
	}
	needsClasses(predictions)
	g, dtype := predictions.Graph(), predictions.DType()
	labels = graph.ConvertDType(labels, dtype)
	var ignored *graph.Node
	for _, k := range s.Ignore {
		is := graph.Equal(labels, graph.Scalar(g, dtype, float64(k)))
		labels = graph.Where(is, graph.ScalarZero(g, dtype), labels)
		if ignored == nil {
			ignored = is
		} else {
			ignored = graph.LogicalOr(ignored, is)
		}
	}
	oneHot := oneHotOf(labels, predictions)
	log := s.log(predictions)
	weighted := log
	counts = graph.ReduceSum(oneHot, -1)
	if s.ClassWeights != nil {
		weights := perClass(s.ClassWeights, predictions)
		weighted = graph.Mul(log, weights)
		counts = graph.ReduceSum(graph.Mul(oneHot, weights), -1)
	}
	own := weighted
	if s.LogProbabilities { // another class may have none, −∞
		zero := graph.ScalarZero(g, dtype)
		own = graph.Where(graph.Equal(oneHot, zero), zero, weighted)
	}
	sums = graph.Neg(graph.ReduceSum(graph.Mul(oneHot, own), -1))
	if s.LabelSmoothing != 0 {
		share := s.LabelSmoothing / float64(predictions.Shape().Dim(-1))
		sums = graph.Sub(graph.MulScalar(sums, 1-s.LabelSmoothing), graph.MulScalar(graph.ReduceSum(weighted, -1), share))
	}
	if ignored != nil {
		ignored = graph.Reshape(ignored, sums.Shape().Dimensions...)
		zero := graph.ScalarZero(g, dtype)
		sums, counts = graph.Where(ignored, zero, sums), graph.Where(ignored, zero, counts)
	}
	return sums, counts
}

func (s SparseCategoricalCrossentropy) log(predictions *graph.Node) *graph.Node {
	if s.LogProbabilities {
		return predictions
	}
	return logProbabilities(predictions, s.FromLogits)
}

// classesLast is x, [batch, classes, …], with the classes behind all other axes.
func classesLast(x *graph.Node) *graph.Node {
	if x.Rank() < 3 {
		return x
	}
	order := []int{0}
	for axis := 2; axis < x.Rank(); axis++ {
		order = append(order, axis)
	}
	return graph.TransposeAllAxes(x, append(order, 1)...)
}

// perClass is one number, or one for each place of the last axis, in the shape of x.
func perClass(values []float64, x *graph.Node) *graph.Node {
	if n := x.Shape().Dim(-1); len(values) != n && len(values) != 1 {
		panic(fmt.Errorf("there are %d weights for predictions of shape %v: there must be one for each of the %d", len(values), x.Shape().Dimensions, n))
	}
	weights := graph.ConstAsDType(x.Graph(), x.DType(), values)
	for weights.Rank() < x.Rank() {
		weights = graph.InsertAxes(weights, 0)
	}
	return graph.BroadcastToShape(weights, x.Shape())
}

// withGradient is value, with the gradient of another node.
func withGradient(value, of *graph.Node) *graph.Node {
	return graph.Add(graph.StopGradient(value), graph.Sub(of, graph.StopGradient(of)))
}
