package nn

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"

	"example.com/unstuck/internal/codec"
)

// Regularizer is a penalty on a weight: a scalar that is added to the loss.
type Regularizer interface {
	Penalty(weight *graph.Node) *graph.Node
}

// RegularizerText is a penalty as Keras writes it, L1L2(l2=0.01), or else its Go type.
func RegularizerText(r Regularizer) string {
	if text, err := regularizers.Python(r); err == nil {
		return strings.TrimPrefix(text, "keras.regularizers.")
	}
	return fmt.Sprintf("%T", r)
}

// L1L2 is the penalty L1·Σ|w| + L2·Σw². Zero terms are left out. Keras: L1L2, l1, l2.
//
// The gradient of |w| at 0 is 0, as in Keras on TensorFlow; on JAX it is 1, so that a bias of zeros moves.
//
// Keras' l1 is L1L2{L1: 0.01} unless told otherwise, its l2 is L1L2{L2: 0.01}. Both must be finite and
// not negative.
type L1L2 struct {
	L1 float64 `keras:"l1,from=0"` // of Σ|w|
	L2 float64 `keras:"l2,from=0"` // of Σw²
}

var (
	_ = regularizers.Add(L1L2{})
	_ = regularizers.Variant("L1", L1L2{}, codec.Missing("l1", 0.01))
	_ = regularizers.Variant("L2", L1L2{}, codec.Missing("l2", 0.01))
	_ = regularizers.Say("l1", L1L2{L1: 0.01})
	_ = regularizers.Say("l2", L1L2{L2: 0.01})
	_ = regularizers.Say("l1l2", L1L2{}) // Keras' defaults of both are 0 there
)

// Penalty returns the scalar. The slope of |w| at 0 is 0.
func (r L1L2) Penalty(w *graph.Node) *graph.Node {
	mustBeSlope("L1L2.L1", r.L1)
	mustBeSlope("L1L2.L2", r.L2)
	penalty := graph.ScalarZero(w.Graph(), w.DType())
	if r.L1 != 0 {
		// |w| as w·sign(w), whose gradient at 0 is 0: that of graph.Abs is 1, and would push every
		// weight that starts at zero.
		penalty = graph.Add(penalty, graph.MulScalar(graph.ReduceAllSum(graph.Mul(w, graph.Sign(w))), r.L1))
	}
	if r.L2 != 0 {
		penalty = graph.Add(penalty, graph.MulScalar(graph.ReduceAllSum(graph.Square(w)), r.L2))
	}
	return penalty
}

type penalizedKey struct{}

// regularize adds a weight's penalty to the graph's regularization loss, where GoMLX's own trainer
// finds it too: once, however often a shared layer is used. A frozen weight has none, as in Keras.
func regularize(v *model.Variable, r Regularizer, g *graph.Graph) {
	path, _ := model.SplitPath(v.Path())
	if r == nil || isFrozen(path, g) {
		return
	}
	penalized, _ := g.State(penalizedKey{}).(map[string]bool)
	if penalized == nil {
		penalized = map[string]bool{}
		g.AttachState(penalizedKey{}, penalized)
	}
	if penalized[v.Path()] {
		return
	}
	penalized[v.Path()] = true
	train.AddRegularizationLoss(r.Penalty(v.NodeValue(g)))
}
