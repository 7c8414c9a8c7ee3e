package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// LayerNormalization brings the features of each row to mean 0 and variance 1, then scales and shifts
// each, as Keras' LayerNormalization; training and inference are alike. Ba et al. 2016.
//
//	y = gamma·(x−mean)/√(variance+Epsilon) + beta, with RMSScaling y = gamma·x/√(variance+Epsilon)
//
// Mean and variance are those of all values along the axes together.
//
// Shapes: x [batch, …, features] → the same; gamma and beta have the sizes of the axes, [features].
type LayerNormalization struct {
	Name     string  `keras:"-"`                            // empty: "layer_normalization", "layer_normalization_1", …
	Axis     []int   `keras:"axis,default=-1,axis"`         // over which, the batch counted as 0, or from the end; nil: the last
	Epsilon  float64 `keras:"epsilon,default=0.001,from=0"` // 0: 1e-3
	NoCenter bool    `keras:"center,not"`                   // leaves beta out
	NoScale  bool    `keras:"scale,not"`                    // leaves gamma out
	// RMSScaling leaves the mean in and has gamma but no beta, whatever NoScale and NoCenter say. The name is Keras', which
	// divides by the deviation there, not by the root mean square: that is [RMSNormalization].
	RMSScaling bool `keras:"rms_scaling"`

	GammaInitializer Initializer `keras:",default=ones"`  // nil: Ones
	BetaInitializer  Initializer `keras:",default=zeros"` // nil: Zeros
	GammaRegularizer Regularizer // nil: none
	BetaRegularizer  Regularizer // nil: none
	GammaConstraint  Constraint  // nil: none
	BetaConstraint   Constraint  // nil: none
}

var _ = layers.Add(LayerNormalization{})

// Apply adds the layer to the graph. It panics when Epsilon is negative, or x has no feature axis or none of those named.
func (l LayerNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	epsilon := epsilonOrDefault("LayerNormalization", l.Epsilon)
	if _, err := l.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	w := create(scope, l, x)
	if x.Shape().Size() == 0 {
		return x // the mean of nothing divides by zero
	}
	axes, _ := axesOf("LayerNormalization", l.Axis, x.Rank()) // OutputShape has told the error
	centered := graph.Sub(x, graph.ReduceAndKeep(x, graph.ReduceMean, axes...))
	variance := graph.ReduceAndKeep(graph.Square(centered), graph.ReduceMean, axes...)
	if l.RMSScaling {
		centered = x
	}
	return w.affineAlong(graph.Div(centered, graph.Sqrt(graph.AddScalar(variance, epsilon))), axes)
}

// OutputShape is the input's. The error says which axis isn't there.
func (l LayerNormalization) OutputShape(input ...int) ([]int, error) {
	if err := needsFeatures("LayerNormalization", input); err != nil {
		return nil, err
	}
	_, err := axesOf("LayerNormalization", l.Axis, len(input))
	return input, err
}

// Weights are gamma and beta.
func (l LayerNormalization) Weights(input ...int) []Weight {
	axes, _ := axesOf("LayerNormalization", l.Axis, len(input)) // OutputShape tells the error
	return affineWeights(sizesOf(input, axes), l.scales(), l.centers(), l.GammaInitializer, l.BetaInitializer, l.GammaRegularizer, l.BetaRegularizer)
}

func (l LayerNormalization) scales() bool { return !l.NoScale || l.RMSScaling }

func (l LayerNormalization) centers() bool { return !l.NoCenter && !l.RMSScaling }

// TorchSteps is nn.LayerNorm, where the axes are the last ones.
func (l LayerNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	in := inputs[0]
	axes, err := axesOf("LayerNormalization", l.Axis, len(in))
	if err != nil {
		return nil, err
	}
	epsilon := epsilonOrDefault("LayerNormalization", l.Epsilon)
	if axes[0] != len(in)-len(axes) {
		return nil, fmt.Errorf("LayerNormalization along the axes %v of %v: PyTorch's goes along the last ones alone", axes, in)
	}
	shape := fmt.Sprint(in[len(in)-1])
	if len(axes) > 1 {
		shape = torchTuple(sizesOf(in, axes))
	}
	if l.RMSScaling {
		step := TorchStep{Module: "nn.Parameter(torch.ones(" + torchTuple(sizesOf(in, axes)) + "))", Parameters: []TorchParameter{{Weight: "gamma"}}}
		step.Forward = fmt.Sprintf("{m} * {x} * torch.rsqrt({x}.var(%s, keepdim=True, unbiased=False) + %g)", torchTuple(axes), epsilon)
		return []TorchStep{step}, nil
	}
	arguments := append([]string{shape}, torchArgument("eps", epsilon, 1e-5)...)
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
