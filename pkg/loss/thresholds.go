package loss

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// thresholds are numbers above which a prediction counts as positive. A NaN is above none. Labels are positive where they
// aren't 0.
//
// Predictions are sorted into levels, 0 for those above no threshold to n for those above all n, and positives and negatives
// of each level counted: that is 2·(n+1) numbers of each label, whatever the metric.
type thresholds struct {
	of    []float64
	evenN int  // that many thresholds from 0 to 1 at even distances, in place of of; 0: of
	all   bool // of the even ones the first is below 0 and the last above 1
}

// evenly tells whether Keras takes the thresholds for evenly distributed ones; predictions are cut to 0…1 then.
func evenly(of []float64) bool {
	n := len(of)
	if n < 3 {
		return false
	}
	for i, t := range of {
		if even := float64(float32(i) / float32(n-1)); math.Abs(t-even) > epsilon+1e-5*even {
			return false
		}
	}
	return true
}

// listed are thresholds as they are given, the default where there are none.
func listed(of []float64, standard float64) thresholds {
	switch {
	case len(of) == 0:
		return thresholds{of: []float64{standard}}
	case evenly(of):
		return thresholds{evenN: len(of)}
	}
	return thresholds{of: of}
}

// count is the number of thresholds.
func (t thresholds) count() int {
	if t.evenN > 0 {
		return t.evenN
	}
	return len(t.of)
}

// levels is how many thresholds each prediction is above, int32.
func (t thresholds) levels(predictions *graph.Node) *graph.Node {
	g, dtype := predictions.Graph(), predictions.DType()
	sound := graph.Where(notNaN(predictions), predictions, graph.ScalarZero(g, dtype))
	if t.evenN > 0 {
		level := graph.Ceil(graph.MulScalar(clip(sound, 0, 1), t.evenN-1))
		if t.all {
			level = graph.MaxScalar(level, 1)
		}
		return graph.ConvertDType(level, dtypes.Int32)
	}
	last := predictions.Rank()
	shape := predictions.Shape().Clone()
	shape.Dimensions = append(shape.Dimensions, len(t.of))
	cuts := make([]float32, len(t.of))
	for i, c := range t.of {
		cuts[i] = float32(c)
	}
	above := graph.GreaterThan(graph.BroadcastToShape(graph.InsertAxes(predictions, -1), shape),
		graph.BroadcastToShape(graph.Reshape(graph.ConvertDType(graph.Const(g, cuts), dtype), append(slices.Repeat([]int{1}, last), len(t.of))...), shape))
	return graph.ReduceSum(graph.ConvertDType(above, dtypes.Int32), -1)
}

// sums counts positives and negatives of each level: [2, labels, levels] as one vector. Labels and predictions have one shape,
// [batch, …], whose last axis has the labels where there are several; each, of its shape, is what an entry counts besides
// its row's weight, nil: 1.
func (t thresholds) sums(b Batch, labels, predictions *graph.Node, several int, each *graph.Node) *graph.Node {
	level := t.levels(predictions)
	size := t.count() + 1
	index := level
	if several > 1 {
		label := graph.Iota(level.Graph(), level.Shape(), -1)
		index = graph.Add(index, graph.MulScalar(label, size))
	}
	negative := graph.Equal(labels, graph.ScalarZero(labels.Graph(), labels.DType()))
	index = graph.Add(index, graph.MulScalar(graph.ConvertDType(negative, dtypes.Int32), size*several))
	count := each
	if count == nil {
		count = graph.OnesLike(graph.ConvertDType(labels, dtypes.Float32))
	}
	return histogram(index, b.Weighted(count), 2*size*several)
}

// histogram adds up the values of each index, which is int32, from 0 to below n.
func histogram(index, values *graph.Node, n int) *graph.Node {
	g := index.Graph()
	index, values = graph.Reshape(index, -1, 1), graph.Reshape(values, -1)
	const few = 16 // for so few, comparing with each takes less time than adding one by one
	if n > few {
		return graph.Scatter(index, values, shapes.Make(values.DType(), n), false, false)
	}
	shape := shapes.Make(dtypes.Int32, index.Shape().Dim(0), n)
	hit := graph.Equal(graph.BroadcastToShape(index, shape), graph.Iota(g, shape, -1))
	values = graph.BroadcastToDims(graph.Reshape(values, -1, 1), shape.Dimensions...)
	return graph.ReduceSum(graph.Where(hit, values, graph.ScalarZero(g, values.DType())), 0)
}

// confusion has the true and false positives and negatives at each threshold.
type confusion struct{ tp, fp, tn, fn []float64 }

// confusions are those of each label, in the order in which the thresholds were given.
func (t thresholds) confusions(sums []float64, labels int) []confusion {
	n := t.count()
	rank := make([]int, n) // how many thresholds are below each
	for i := range rank {
		rank[i] = i
		if t.evenN == 0 {
			rank[i] = 0
			for j, other := range t.of {
				if other < t.of[i] || other == t.of[i] && j < i {
					rank[i]++
				}
			}
		}
	}
	sides := columns(sums, 2)
	positives, negatives := columns(sides[0], labels), columns(sides[1], labels)
	all := make([]confusion, labels)
	for l := range all {
		c := confusion{tp: make([]float64, n), fp: make([]float64, n), tn: make([]float64, n), fn: make([]float64, n)}
		for i, below := range rank {
			for level := range n + 1 {
				if level > below {
					c.tp[i] += positives[l][level]
					c.fp[i] += negatives[l][level]
				} else {
					c.fn[i] += positives[l][level]
					c.tn[i] += negatives[l][level]
				}
			}
		}
		all[l] = c
	}
	return all
}

// checkThresholds refuses those that aren't from 0 to 1, as Keras does.
func checkThresholds(metric string, of []float64) error {
	for _, t := range of {
		if !(t >= 0 && t <= 1) {
			return fmt.Errorf("%s: the threshold %g must be from 0 to 1", metric, t)
		}
	}
	return nil
}

// selected are labels and predictions, of the predictions at most the topK largest of each row, and of both one class alone.
func selected(b Batch, topK int, class []int) (labels, predictions *graph.Node) {
	predictions = b.Predictions
	labels = alike(b.Labels, predictions)
	if topK > 0 {
		predictions = onlyLargest(predictions, topK)
	}
	if len(class) == 0 {
		return labels, predictions
	}
	if n := predictions.Shape().Dim(-1); predictions.Rank() < 2 || class[0] >= n {
		panic(fmt.Errorf("predictions have shape %v: there is no class %d", predictions.Shape().Dimensions, class[0]))
	}
	at := graph.AxisElem(class[0])
	return graph.SliceAxis(labels, -1, at), graph.SliceAxis(predictions, -1, at)
}

// onlyLargest keeps the k largest along the last axis, of equals the first, and makes the others −1e10.
func onlyLargest(x *graph.Node, k int) *graph.Node {
	if n := x.Shape().Dim(-1); k > n {
		panic(fmt.Errorf("predictions have shape %v: there are no %d largest of %d", x.Shape().Dimensions, k, n))
	}
	g := x.Graph()
	lowest := graph.Scalar(g, x.DType(), math.Inf(-1))
	low := graph.BroadcastToShape(graph.Scalar(g, x.DType(), -1e10), x.Shape())
	left, kept := x, low
	for range k {
		largest := graph.ArgMax(left, -1)
		hit := graph.ConvertDType(graph.OneHot(largest, x.Shape().Dim(-1), x.DType()), dtypes.Bool)
		kept = graph.Where(hit, x, kept)
		left = graph.Where(hit, lowest, left)
	}
	return kept
}
