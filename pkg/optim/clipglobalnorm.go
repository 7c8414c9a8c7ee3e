package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ClipByGlobalNorm scales all gradients by min(1, Max/‖g‖), ‖g‖ being the L2 norm over all variables
// together: Keras' global_clipnorm. Unlike with [ClipByNorm] the step's direction is kept as a whole.
//
// AsTorch it is PyTorch's clip_grad_norm_: the scale is min(1, Max/(‖g‖ + 1e-6)), and 0 for an infinite norm, which leaves
// zeros, and NaN where the gradient was infinite.
//
// All-zero gradients stay so; one NaN or infinity, or a norm beyond 1.8e19, which overflows float32, makes
// every gradient NaN, as in Keras. Max must be positive and finite; it lives in a variable, so another
// value needs no recompilation. See Pascanu et al. 2013, arXiv:1211.5063.
type ClipByGlobalNorm struct {
	Max     float64
	AsTorch bool // PyTorch's clip_grad_norm_
}

// Apply implements [Transform].
func (c ClipByGlobalNorm) Apply(scope *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	var sum *graph.Node
	for _, g := range gradients {
		squares := graph.ReduceAllSum(graph.Square(g))
		if sum == nil {
			sum = squares
		} else {
			sum = graph.Add(sum, squares)
		}
	}
	norm := graph.Sqrt(sum)
	maxNorm := limit(scope, "max", c.Max, norm)
	var scale *graph.Node
	if c.AsTorch {
		one := graph.ScalarOne(norm.Graph(), norm.DType())
		scale = graph.Div(maxNorm, graph.AddScalar(norm, 1e-6))
		scale = graph.Where(graph.GreaterThan(scale, one), one, scale)
	} else {
		scale = graph.Mul(maxNorm, graph.Min(graph.Reciprocal(norm), graph.Reciprocal(maxNorm)))
		scale = graph.Add(scale, graph.Sub(norm, norm)) // 0, or NaN for a norm that isn't finite
	}
	clipped := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		clipped[i] = graph.Mul(g, scale)
	}
	return clipped
}

// Validate refuses a Max that is zero, negative, NaN or infinite.
func (c ClipByGlobalNorm) Validate() error { return validateLimit("ClipByGlobalNorm.Max", c.Max) }

// Limits is Max.
func (c ClipByGlobalNorm) Limits() map[string]float64 { return map[string]float64{"max": c.Max} }

func (c ClipByGlobalNorm) kerasArgument() (name string, value float64) {
	return "global_clipnorm", c.Max
}

// ProgramKey names the computation; Max isn't part of it.
func (c ClipByGlobalNorm) ProgramKey() (string, bool) {
	if c.AsTorch {
		return "ClipByGlobalNorm as in PyTorch", true
	}
	return "ClipByGlobalNorm", true
}
