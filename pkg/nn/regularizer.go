package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
)

// Regularizer is a penalty on a weight: a scalar that is added to the loss.
type Regularizer interface {
	Penalty(weight *graph.Node) *graph.Node
}

// L1L2 is the penalty L1·Σ|w| + L2·Σw². Zero terms are left out. Keras: L1L2, l1, l2.
type L1L2 struct{ L1, L2 float64 }

// Penalty returns the scalar.
func (r L1L2) Penalty(w *graph.Node) *graph.Node {
	penalty := graph.ScalarZero(w.Graph(), w.DType())
	if r.L1 != 0 {
		penalty = graph.Add(penalty, graph.MulScalar(graph.ReduceAllSum(graph.Abs(w)), r.L1))
	}
	if r.L2 != 0 {
		penalty = graph.Add(penalty, graph.MulScalar(graph.ReduceAllSum(graph.Square(w)), r.L2))
	}
	return penalty
}

// regularize adds a weight's penalty to the graph's regularization loss, where GoMLX's own trainer
// finds it too.
func regularize(v *model.Variable, r Regularizer, g *graph.Graph) {
	if r == nil {
		return
	}
	train.AddRegularizationLoss(r.Penalty(v.NodeValue(g)))
}
