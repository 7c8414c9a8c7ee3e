package nn

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
)

// ActivityRegularization returns its input and adds a penalty on it to the loss, L1·Σ|x| + L2·Σx² divided by the number
// of rows, as Keras' ActivityRegularization. Rows that only fill up the batch (see [BatchMask]) don't count.
//
// Shapes: x [batch, …] → the same.
type ActivityRegularization struct {
	Name string  `keras:"-"`         // empty: "activity_regularization", "activity_regularization_1", …
	L1   float64 `keras:"l1,from=0"` // of Σ|x|, at least 0
	L2   float64 `keras:"l2,from=0"` // of Σx², at least 0
}

var _ = layers.Add(ActivityRegularization{})

// Apply adds the layer to the graph. It panics when a factor is negative or not finite.
func (r ActivityRegularization) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	x = asFloat(x)
	counted, rows := x, graph.Scalar(x.Graph(), x.DType(), float64(x.Shape().Dim(0)))
	if mask := BatchMask(x.Graph()); mask != nil {
		mask = asFloat(mask)
		rows = graph.ReduceAllSum(mask)
		perRow := slices.Repeat([]int{1}, x.Rank())
		perRow[0] = x.Shape().Dim(0)
		counted = graph.Mul(x, graph.Reshape(mask, perRow...))
	}
	penalty := L1L2{L1: r.L1, L2: r.L2}.Penalty(counted)
	if r.L1 != 0 || r.L2 != 0 {
		train.AddRegularizationLoss(graph.Div(penalty, rows))
	}
	return x
}

// TorchSteps is nothing but what is said of the penalty.
func (r ActivityRegularization) TorchSteps([][]int) ([]TorchStep, error) {
	if r.L1 == 0 && r.L2 == 0 {
		return nil, nil
	}
	return []TorchStep{{Forward: "{x}", Note: "The penalty of ActivityRegularization on what goes through is no part of a module: add it to the loss."}}, nil
}
