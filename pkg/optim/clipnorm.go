package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ClipByNorm scales each variable's gradient g by Max/max(‖g‖, Max), ‖g‖ being its own L2 norm: Keras'
// clipnorm. Kernel and bias of one layer are clipped apart; for one norm over all see [ClipByGlobalNorm].
//
// Shapes and direction are kept. A gradient of zeros stays so; one NaN makes its variable's gradient NaN,
// an infinity becomes NaN and the rest zero, so what comes behind still sees the fault. As in Keras a norm
// beyond 1.8e19 overflows float32 and leaves zeros. Max must be positive and finite; it lives in a
// variable, so another value needs no recompilation. See Pascanu et al. 2013, arXiv:1211.5063.
type ClipByNorm struct{ Max float64 }

// Apply implements [Transform].
func (c ClipByNorm) Apply(scope *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	clipped := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		maxNorm := limit(scope, "max", c.Max, g)
		norm := graph.Sqrt(graph.ReduceAllSum(graph.Square(g)))
		clipped[i] = graph.Div(graph.Mul(g, maxNorm), graph.Max(norm, maxNorm))
	}
	return clipped
}

// Validate refuses a Max that is zero, negative, NaN or infinite.
func (c ClipByNorm) Validate() error { return validateLimit("ClipByNorm.Max", c.Max) }

// Limits is Max.
func (c ClipByNorm) Limits() map[string]float64 { return map[string]float64{"max": c.Max} }

func (c ClipByNorm) kerasArgument() (name string, value float64) { return "clipnorm", c.Max }

// ProgramKey names the computation; Max isn't part of it.
func (c ClipByNorm) ProgramKey() (string, bool) { return "ClipByNorm", true }
