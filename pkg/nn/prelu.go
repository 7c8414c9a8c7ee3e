package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// PReLU is max(x, 0) + alpha·min(x, 0) with a learned slope alpha, as Keras' PReLU. He et al. 2015.
//
// Shapes: x [batch, a, b, …]; alpha [a, b, …], with 1 in place of each shared axis.
type PReLU struct {
	Name             string      `keras:"-"`                        // empty: "p_re_lu", "p_re_lu_1", …
	SharedAxes       []int       `keras:"shared_axes,from=1,to=32"` // axes, counted with the batch as 0, along which one alpha is shared
	AlphaInitializer Initializer `keras:",default=zeros"`           // nil: Zeros
	AlphaRegularizer Regularizer // nil: none
	AlphaConstraint  Constraint  // nil: none
}

var _ = layers.Add(PReLU{})

// Apply adds the layer to the graph. It panics when x has no axis but the batch or a shared axis isn't one of x's.
func (p PReLU) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if _, err := p.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	slope := create(scope, p, x).expanded("alpha", x.Rank())
	return graph.Sub(rectify(x), graph.Mul(slope, rectify(graph.Neg(x))))
}

// OutputShape is the input's. The error says which axis isn't there.
func (p PReLU) OutputShape(input ...int) ([]int, error) {
	if len(input) < 2 {
		return nil, fmt.Errorf("PReLU needs an input [batch, features, …], got %v", input)
	}
	for _, axis := range p.SharedAxes {
		if axis < 1 || axis >= len(input) {
			return nil, fmt.Errorf("PReLU.SharedAxes holds %d, must be from 1 to %d for an input %v", axis, len(input)-1, input)
		}
	}
	return input, nil
}

// Weights is the slope, one for each place that isn't shared.
func (p PReLU) Weights(input ...int) []Weight {
	shape := slices.Clone(input[1:])
	for _, axis := range p.SharedAxes {
		shape[axis-1] = 1
	}
	return []Weight{{
		Name: "alpha", Role: Scale, Shape: shape,
		Initializer: orInitializer(p.AlphaInitializer, Zeros{}), Regularizer: p.AlphaRegularizer,
	}}
}

// TorchSteps is nn.PReLU where all slopes lie along one axis, which PyTorch wants to be the second; else a parameter of the
// slopes' own shape.
func (p PReLU) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	shape := p.Weights(inputs[0]...)[0].Shape
	axis, several := 0, false
	for i, n := range shape {
		if n > 1 {
			several = several || axis > 0
			axis = i + 1
		}
	}
	if several {
		return []TorchStep{{
			Module:     "nn.Parameter(torch.full(" + torchTuple(shape) + ", 0.25))",
			Forward:    "torch.where({x} > 0, {x}, {m} * {x})",
			Parameters: []TorchParameter{{Weight: "alpha"}},
		}}, nil
	}
	var arguments []string
	if axis > 0 {
		arguments = []string{fmt.Sprint(shape[axis-1])}
	}
	steps, err := torchModule("PReLU", arguments...)
	steps[0].Parameters = []TorchParameter{{Weight: "alpha", Name: "weight", Apart: true}}
	if axis > 1 {
		steps[0].Forward = fmt.Sprintf("{m}({x}.movedim(%d, 1)).movedim(1, %d)", axis, axis)
	}
	return steps, err
}
