package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
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
	if r.L1 != 0 || r.L2 != 0 {
		penalizeActivity(L1L2{L1: r.L1, L2: r.L2}, x)
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
