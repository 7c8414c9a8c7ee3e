package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// LayerNormalization brings the features of each row to mean 0 and variance 1, then scales and shifts
// each, as Keras' LayerNormalization over the last axis; training and inference are alike. Ba et al. 2016.
//
//	y = gamma·(x−mean)/√(variance+Epsilon) + beta
//
// Shapes: x [batch, …, features] → the same; gamma and beta [features].
type LayerNormalization struct {
	Name     string  `keras:"-"`                            // empty: "layer_normalization", "layer_normalization_1", …
	Epsilon  float64 `keras:"epsilon,default=0.001,from=0"` // 0: 1e-3
	NoCenter bool    `keras:"center,not"`                   // leaves beta out
	NoScale  bool    `keras:"scale,not"`                    // leaves gamma out

	GammaInitializer Initializer `keras:",default=ones"`  // nil: Ones
	BetaInitializer  Initializer `keras:",default=zeros"` // nil: Zeros
	GammaRegularizer Regularizer // nil: none
	BetaRegularizer  Regularizer // nil: none
	GammaConstraint  Constraint  // nil: none
	BetaConstraint   Constraint  // nil: none
}

var _ = layers.Add(LayerNormalization{}, codec.LastAxis("axis"), codec.Only("rms_scaling", false))

// Apply adds the layer to the graph. It panics when Epsilon is negative or x has no feature axis.
func (l LayerNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	epsilon := epsilonOrDefault("LayerNormalization", l.Epsilon)
	if x.Rank() < 2 {
		panic(fmt.Errorf("LayerNormalization needs an input [batch, …, features], got %s", x.Shape()))
	}
	x = asFloat(x)
	w := create(scope, l, x)
	if x.Shape().Size() == 0 {
		return x // the mean of nothing divides by zero
	}
	centered := graph.Sub(x, graph.ReduceAndKeep(x, graph.ReduceMean, -1))
	variance := graph.ReduceAndKeep(graph.Square(centered), graph.ReduceMean, -1)
	return w.affine(graph.Div(centered, graph.Sqrt(graph.AddScalar(variance, epsilon))))
}

// OutputShape is the input's.
func (LayerNormalization) OutputShape(input ...int) ([]int, error) {
	return input, needsFeatures("LayerNormalization", input)
}

// Weights are gamma and beta.
func (l LayerNormalization) Weights(input ...int) []Weight {
	return affineWeights(input[len(input)-1], !l.NoScale, !l.NoCenter, l.GammaInitializer, l.BetaInitializer, l.GammaRegularizer, l.BetaRegularizer)
}

// TorchSteps is nn.LayerNorm.
func (l LayerNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	in := inputs[0]
	arguments := append([]string{fmt.Sprint(in[len(in)-1])}, torchArgument("eps", epsilonOrDefault("LayerNormalization", l.Epsilon), 1e-5)...)
	switch {
	case l.NoScale && l.NoCenter:
		arguments = append(arguments, "elementwise_affine=False")
	case l.NoCenter:
		arguments = append(arguments, "bias=False")
	}
	steps, err := torchModule("LayerNorm", arguments...)
	steps[0].Parameters, steps[0].Lines = torchAffine(!l.NoScale, !l.NoCenter)
	return steps, err
}
