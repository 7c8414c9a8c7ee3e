package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// affineWeights are those of the scale and shift that end a normalization, in Keras' order: gamma and beta of that
// shape.
func affineWeights(shape []int, scale, center bool, gammaInit, betaInit Initializer, gammaPenalty, betaPenalty Regularizer) []Weight {
	var weights []Weight
	if scale {
		weights = append(weights, Weight{Name: "gamma", Role: Scale, Shape: shape, Initializer: orInitializer(gammaInit, Ones{}), Regularizer: gammaPenalty})
	}
	if center {
		weights = append(weights, Weight{Name: "beta", Role: Shift, Shape: shape, Initializer: orInitializer(betaInit, Zeros{}), Regularizer: betaPenalty})
	}
	return weights
}

// affine is gamma·x + beta, either of which may be left out.
func (w weights) affine(x *graph.Node) *graph.Node {
	if gamma := w.expanded("gamma", x.Rank()); gamma != nil {
		x = graph.Mul(x, gamma)
	}
	if beta := w.expanded("beta", x.Rank()); beta != nil {
		x = graph.Add(x, beta)
	}
	return x
}

// affineAlong is [weights.affine] with weights that lie along those axes of x.
func (w weights) affineAlong(x *graph.Node, axes []int) *graph.Node {
	dims := slices.Repeat([]int{1}, x.Rank())
	for _, axis := range axes {
		dims[axis] = x.Shape().Dim(axis)
	}
	if gamma := w.node("gamma"); gamma != nil {
		x = graph.Mul(x, graph.Reshape(gamma, dims...))
	}
	if beta := w.node("beta"); beta != nil {
		x = graph.Add(x, graph.Reshape(beta, dims...))
	}
	return x
}

// sizesOf are the sizes of some axes.
func sizesOf(shape, axes []int) []int {
	sizes := make([]int, len(axes))
	for i, axis := range axes {
		sizes[i] = shape[axis]
	}
	return sizes
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

// torchAffine says which of a normalization's weights PyTorch's weight and bias hold, and the lines for one that is there
// all the same and is not to be trained. What becomes of the bias where there is no shift depends on the module.
func torchAffine(scale, center bool) (parameters []TorchParameter, lines []string) {
	if scale {
		parameters = append(parameters, TorchParameter{Weight: "gamma", Name: "weight"})
	} else if center {
		lines = []string{"{m}.weight.requires_grad_(False)"}
	}
	if center {
		parameters = append(parameters, TorchParameter{Weight: "beta", Name: "bias"})
	}
	return parameters, lines
}

// torchNorm is a module with weight and bias or without both.
func torchNorm(class string, arguments []string, scale, center bool) TorchStep {
	var step TorchStep
	step.Parameters, step.Lines = torchAffine(scale, center)
	switch {
	case !scale && !center:
		arguments = append(arguments, "affine=False")
	case !center: // there is a bias wherever there is a weight
		step.Lines = append(step.Lines, "{m}.bias.requires_grad_(False)")
	}
	step.Module = codec.Call{Function: class, Arguments: arguments}.String()
	return step
}
