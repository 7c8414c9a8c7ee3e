package loss

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// IoU is intersection over union, tp/(tp+fp+fn), of the classes named, averaged over those of them that labels or predictions
// have; 0 where none is there. Labels and predictions are class numbers, whose fractions are cut off, of one size; where
// Dense, scores [batch, …, classes], of which the largest is the class. What is no class from 0 to below NumClasses, on either
// side, is left out. Weights of rows count as they are: Keras cuts their fractions off, unless its dtype is a float.
type IoU struct {
	NumClasses       int   `keras:"num_classes,required,positional,from=1"`
	TargetClassIDs   []int `keras:"target_class_ids,required,positional"`
	IgnoreClass      []int `keras:"ignore_class,alone"` // labels of it, at most one number, are left out; nil: none
	DenseLabels      bool  `keras:"sparse_y_true,not"`  // labels are scores; false: numbers
	DensePredictions bool  `keras:"sparse_y_pred,not"`  // predictions are scores; false: numbers
}

var _ = metrics.Add(IoU{}, codec.Only("axis", -1))

// Sums implements [Accumulator]: of each class the labels, the predictions, and where both are it.
func (m IoU) Sums(b Batch) *graph.Node {
	class := func(x *graph.Node, dense bool) *graph.Node {
		if dense {
			x = graph.ArgMax(x, -1)
		}
		return graph.Reshape(graph.ConvertDType(x, dtypes.Int32), x.Shape().Dim(0), -1)
	}
	return m.sums(b, class(b.Labels, m.DenseLabels), class(b.Predictions, m.DensePredictions))
}

func (m IoU) sums(b Batch, labels, predictions *graph.Node) *graph.Node {
	if !labels.Shape().Equal(predictions.Shape()) {
		panic(fmt.Errorf("labels have shape %v, predictions %v: that is another number of classes on each side", b.Labels.Shape().Dimensions, b.Predictions.Shape().Dimensions))
	}
	g := labels.Graph()
	valid := graph.LogicalAnd(m.known(labels), m.known(predictions))
	for _, c := range m.IgnoreClass {
		valid = graph.LogicalAnd(valid, graph.NotEqual(labels, graph.Const(g, int32(c))))
	}
	zero := graph.Const(g, int32(0))
	labels, predictions = graph.Where(valid, labels, zero), graph.Where(valid, predictions, zero)
	weights := b.Weighted(valid)
	both := graph.Mul(weights, graph.ConvertDType(graph.Equal(labels, predictions), dtypes.Float32))
	return vector(histogram(labels, weights, m.NumClasses), histogram(predictions, weights, m.NumClasses), histogram(labels, both, m.NumClasses))
}

// known is true where x is a class.
func (m IoU) known(x *graph.Node) *graph.Node {
	g := x.Graph()
	return graph.LogicalAnd(graph.GreaterOrEqual(x, graph.Const(g, int32(0))), graph.LessThan(x, graph.Const(g, int32(m.NumClasses))))
}

// Values implements [Accumulator].
func (m IoU) Values(sums []float64) []float64 {
	c := columns(sums, 3)
	mean, there := 0.0, 0.0
	for _, id := range m.TargetClassIDs {
		if union := c[0][id] + c[1][id] - c[2][id]; union > 1e-9 {
			mean += c[2][id] / (union + epsilon)
			there++
		}
	}
	return []float64{mean / (there + epsilon)}
}

// Validate refuses classes that aren't from 0 to below NumClasses, and more than one to ignore.
func (m IoU) Validate() error {
	if m.NumClasses < 1 || len(m.IgnoreClass) > 1 {
		return fmt.Errorf("%s: there are %d classes, to ignore %v: must be at least one, and at most one", m, m.NumClasses, m.IgnoreClass)
	}
	if len(m.TargetClassIDs) == 0 {
		return fmt.Errorf("%s: there are no TargetClassIDs", m)
	}
	for _, id := range m.TargetClassIDs {
		if id < 0 || id >= m.NumClasses {
			return fmt.Errorf("%s: the class %d must be from 0 to below %d", m, id, m.NumClasses)
		}
	}
	return nil
}

// String is "io_u", as Keras names it.
func (IoU) String() string { return "io_u" }

// HigherIsBetter is true.
func (IoU) HigherIsBetter() bool { return true }
