package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// affine is the scale and shift that ends a normalization: gamma·x + beta, over the last axis.
type affine struct {
	gamma, beta *graph.Node // nil: left out
}

// newAffine creates or finds gamma and beta, in this order: Keras' order of weights.
func newAffine(scope *model.Scope, x *graph.Node, scale, center bool, gammaInit, betaInit Initializer, gammaPenalty, betaPenalty Regularizer) affine {
	features := x.Shape().Dim(-1)
	var a affine
	if scale {
		gamma := weight(scope, "gamma", orInitializer(gammaInit, Ones{}), features)
		regularize(gamma, gammaPenalty, x.Graph())
		a.gamma = graph.ExpandLeftToRank(gamma.NodeValue(x), x.Rank())
	}
	if center {
		beta := weight(scope, "beta", orInitializer(betaInit, Zeros{}), features)
		regularize(beta, betaPenalty, x.Graph())
		a.beta = graph.ExpandLeftToRank(beta.NodeValue(x), x.Rank())
	}
	return a
}

func (a affine) apply(x *graph.Node) *graph.Node {
	if a.gamma != nil {
		x = graph.Mul(x, a.gamma)
	}
	if a.beta != nil {
		x = graph.Add(x, a.beta)
	}
	return x
}

// epsilonOrDefault is a normalization's Epsilon, 1e-3 for 0. It panics when it is negative or not finite.
func epsilonOrDefault(layer string, epsilon float64) float64 {
	if epsilon == 0 {
		return 1e-3
	}
	if !(epsilon > 0) || math.IsInf(epsilon, 0) {
		panic(fmt.Errorf("%s.Epsilon is %g, must be a finite number of at least 0", layer, epsilon))
	}
	return epsilon
}
