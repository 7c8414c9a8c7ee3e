package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// PReLU is max(x, 0) + alpha·min(x, 0) with a learned slope alpha, as Keras' PReLU. He et al. 2015.
//
// Shapes: x [batch, a, b, …]; alpha [a, b, …], with 1 in place of each shared axis.
type PReLU struct {
	Name             string      // empty: "p_re_lu", "p_re_lu_1", …
	SharedAxes       []int       // axes, counted with the batch as 0, along which one alpha is shared
	AlphaInitializer Initializer // nil: Zeros
	AlphaRegularizer Regularizer // nil: none
}

// Kind is "p_re_lu", as Keras names the layer.
func (PReLU) Kind() string { return "p_re_lu" }

// LayerName is Name.
func (p PReLU) LayerName() string { return p.Name }

// Apply adds the layer to the graph. It panics when x has no axis but the batch or a shared axis isn't one of x's.
func (p PReLU) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if x.Rank() < 2 {
		panic(fmt.Errorf("PReLU needs an input [batch, features, …], got %s", x.Shape()))
	}
	x = asFloat(x)
	dims := append([]int(nil), x.Shape().Dimensions[1:]...)
	for _, axis := range p.SharedAxes {
		if axis < 1 || axis >= x.Rank() {
			panic(fmt.Errorf("PReLU.SharedAxes holds %d, must be from 1 to %d for an input %s", axis, x.Rank()-1, x.Shape()))
		}
		dims[axis-1] = 1
	}
	alpha := weight(scope, "alpha", orInitializer(p.AlphaInitializer, Zeros{}), dims...)
	regularize(alpha, p.AlphaRegularizer, x.Graph())
	slope := graph.ExpandLeftToRank(alpha.NodeValue(x), x.Rank())
	return graph.Sub(rectify(x), graph.Mul(slope, rectify(graph.Neg(x))))
}
