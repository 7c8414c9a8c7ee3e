package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// AdaptiveClip limits each unit's gradient to a fraction of the unit's weights (Brock et al. 2021,
// arXiv:2102.06171): where ‖gᵤ‖ ≥ Ratio·max(‖wᵤ‖, Epsilon), gᵤ is scaled down to that norm.
//
// Units, as in the authors' code: for a kernel [in, out] one column, for three axes a column along the
// first, for a convolution all axes but the last; a vector, a bias or a matrix with an axis of size 1
// is one unit as a whole. The paper leaves the last layer out; this doesn't. A NaN makes its unit NaN.
// Both settings live in variables, so other values need no recompilation.
type AdaptiveClip struct {
	Ratio   float64 // largest ‖g‖ as a fraction of ‖w‖; 0 means 0.01
	Epsilon float64 // smallest ‖w‖ that counts, so that new zero weights can move; 0 means 1e-3
}

func (c AdaptiveClip) defaults() AdaptiveClip {
	if c.Ratio == 0 {
		c.Ratio = 0.01
	}
	if c.Epsilon == 0 {
		c.Epsilon = 1e-3
	}
	return c
}

// Apply implements [Transform].
func (c AdaptiveClip) Apply(scope *model.Scope, vars []*model.Variable, gradients []*graph.Node) []*graph.Node {
	c = c.defaults()
	clipped := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		ratio, epsilon := limit(scope, "ratio", c.Ratio, g), limit(scope, "epsilon", c.Epsilon, g)
		norm := unitNorm(g)
		maxNorm := graph.Mul(ratio, graph.Max(unitNorm(vars[i].NodeValue(g)), epsilon))
		scale := graph.Div(maxNorm, graph.MaxScalar(norm, 1e-6))
		scale = graph.Where(graph.LessThan(norm, maxNorm), graph.OnesLike(scale), scale)
		clipped[i] = graph.Mul(g, scale)
	}
	return clipped
}

// unitNorm is the L2 norm of each unit of x, with the other axes kept at size 1; all of them for a vector.
func unitNorm(x *graph.Node) *graph.Node {
	wide := 0
	for _, d := range x.Shape().Dimensions {
		if d > 1 {
			wide++
		}
	}
	squares := graph.Square(x)
	switch rank := x.Rank(); {
	case rank == 0:
		return graph.Sqrt(squares)
	case wide <= 1:
		return graph.Sqrt(graph.ReduceAndKeep(squares, graph.ReduceSum, axes(rank)...))
	case rank <= 3:
		return graph.Sqrt(graph.ReduceAndKeep(squares, graph.ReduceSum, 0))
	default:
		return graph.Sqrt(graph.ReduceAndKeep(squares, graph.ReduceSum, axes(rank-1)...))
	}
}

// axes are 0 … n−1.
func axes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// Validate refuses a negative, NaN or infinite setting.
func (c AdaptiveClip) Validate() error {
	c = c.defaults()
	if err := validateLimit("AdaptiveClip.Ratio", c.Ratio); err != nil {
		return err
	}
	return validateLimit("AdaptiveClip.Epsilon", c.Epsilon)
}

// Limits are Ratio and Epsilon, with their defaults filled in.
func (c AdaptiveClip) Limits() map[string]float64 {
	c = c.defaults()
	return map[string]float64{"ratio": c.Ratio, "epsilon": c.Epsilon}
}

// ProgramKey names the computation; the settings aren't part of it.
func (c AdaptiveClip) ProgramKey() (string, bool) { return "AdaptiveClip", true }
