package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// LayerNormalization brings the features of each row to mean 0 and variance 1, then scales and shifts
// each, as Keras' LayerNormalization over the last axis; training and inference are alike. Ba et al. 2016.
//
//	y = gamma·(x−mean)/√(variance+Epsilon) + beta
//
// Shapes: x [batch, …, features] → the same; gamma and beta [features].
type LayerNormalization struct {
	Name     string  // empty: "layer_normalization", "layer_normalization_1", …
	Epsilon  float64 // 0: 1e-3
	NoCenter bool    // leaves beta out
	NoScale  bool    // leaves gamma out

	GammaInitializer Initializer // nil: Ones
	BetaInitializer  Initializer // nil: Zeros
	GammaRegularizer Regularizer // nil: none
	BetaRegularizer  Regularizer // nil: none
}

// Kind is "layer_normalization".
func (LayerNormalization) Kind() string { return "layer_normalization" }

// LayerName is Name.
func (l LayerNormalization) LayerName() string { return l.Name }

// Apply adds the layer to the graph. It panics when Epsilon is negative or x has no feature axis.
func (l LayerNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	epsilon := epsilonOrDefault("LayerNormalization", l.Epsilon)
	if x.Rank() < 2 {
		panic(fmt.Errorf("LayerNormalization needs an input [batch, …, features], got %s", x.Shape()))
	}
	x = asFloat(x)
	affine := newAffine(scope, x, !l.NoScale, !l.NoCenter, l.GammaInitializer, l.BetaInitializer, l.GammaRegularizer, l.BetaRegularizer)
	centered := graph.Sub(x, graph.ReduceAndKeep(x, graph.ReduceMean, -1))
	variance := graph.ReduceAndKeep(graph.Square(centered), graph.ReduceMean, -1)
	return affine.apply(graph.Div(centered, graph.Sqrt(graph.AddScalar(variance, epsilon))))
}
