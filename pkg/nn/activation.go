package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Activation is a function of one value, applied to each ([Softmax] is one of the last axis). Every
// activation is a layer too: it goes into a Dense as its Activation or into a Sequential by itself.
//
// Values and gradients are Keras', at the kinks as well (the gradient of ReLU at 0 is 0). NaN comes
// out as NaN.
type Activation interface {
	Layer
	Activate(x *graph.Node) *graph.Node
}

// Linear returns its input. Keras: "linear".
type Linear struct{}

var _ = activations.Add(Linear{}, codec.NoClass())
var _ = activations.Say("linear", Linear{})

// Activate returns x.
func (Linear) Activate(x *graph.Node) *graph.Node { return x }

// Apply returns x.
func (Linear) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return x }

// TorchSteps is nothing.
func (Linear) TorchSteps([][]int) ([]TorchStep, error) { return nil, nil }

// IsLinear reports whether an activation leaves its input as it is: [Linear], or nil.
func IsLinear(a Activation) bool {
	_, linear := a.(Linear)
	return linear || a == nil
}

// activate applies a, nil meaning linear.
func activate(a Activation, x *graph.Node) *graph.Node {
	if a == nil {
		return x
	}
	y := a.Activate(x)
	if !slices.Equal(y.Shape().Dimensions, x.Shape().Dimensions) {
		panic(fmt.Errorf("%s makes another shape, %v of %v: put it as a layer of its own behind this one", typeName(a), y.Shape().Dimensions, x.Shape().Dimensions))
	}
	return y
}

func orActivation(given, fallback Activation) Activation {
	if given == nil {
		return fallback
	}
	return given
}

// isPositive marks the values above zero; NaN isn't.
func isPositive(x *graph.Node) *graph.Node {
	return graph.GreaterThan(x, graph.ScalarZero(x.Graph(), x.DType()))
}

// mustBeSlope panics when a setting isn't a finite number of at least zero.
func mustBeSlope(setting string, value float64) {
	if !(value >= 0) || math.IsInf(value, 0) {
		panic(fmt.Errorf("%s is %g, must be a finite number of at least 0", setting, value))
	}
}
