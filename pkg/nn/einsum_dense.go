package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// EinsumDense is a Dense layer over any axes, as Keras' EinsumDense: activation(einsum(Equation, x, kernel) + bias).
//
//	nn.EinsumDense{Equation: "abc,cd->abd", Output: []int{-1, 64}, BiasAxes: "d"} // a Dense of 64 units
//
// Letters stand for axes; an ellipsis in the input and the output, at the beginning or the end of both, for all others.
// A kernel's initializer that is scaled by fans counts as inputs the kernel's axes that aren't in the output.
//
// Shapes: x as the equation says, the batch first → [batch, Output], with the axes of an ellipsis in their place; kernel
// by its letters; bias from its first axis in the output on, with size 1 along axes that aren't in BiasAxes.
type EinsumDense struct {
	Name              string      `keras:"-"`                                  // empty: "einsum_dense", "einsum_dense_1", …
	Equation          string      `keras:"equation,positional,required"`       // like "ab,bc->ac", "...b,bc->...c" or "ab...,bc->ac..."
	Output            []int       `keras:"output_shape,open,required,from=-1"` // sizes of the output, without the batch and the ellipsis; −1: the input's
	Activation        Activation  `keras:",default=linear"`                    // nil: linear
	BiasAxes          string      `keras:"bias_axes,optional"`                 // letters of the output along which the bias has values; empty: no bias
	KernelInitializer Initializer `keras:",default=glorot_uniform"`            // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                     // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
	LoRARank          int         `keras:"lora_rank,optional,from=0"`   // of a correction that is trained in the kernel's place, see [Dense]; 0: none
	LoRAAlpha         float64     `keras:"lora_alpha,optional,above=0"` // the correction is multiplied by LoRAAlpha/LoRARank; 0: by 1
}

var _ = layers.Add(EinsumDense{}, codec.Only("gptq_unpacked_column_size"))

// Apply adds the layer to the graph. It panics when the equation makes no sense or doesn't fit x.
func (e EinsumDense) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	p, err := e.plan(x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	w := create(scope, e, x)
	y := graph.Einsum(p.equation, x, w.node("kernel"))
	if bias := w.expanded("bias", y.Rank()); bias != nil {
		y = graph.Add(y, bias)
	}
	return activate(e.Activation, y)
}

func (e EinsumDense) plan(input []int) (einsumPlan, error) {
	p, err := planEinsum(e.Equation, e.BiasAxes, e.Output, input)
	if err != nil {
		return p, fmt.Errorf("EinsumDense: %w", err)
	}
	return p, nil
}

// OutputShape is what the equation makes of the input's.
func (e EinsumDense) OutputShape(input ...int) ([]int, error) {
	p, err := e.plan(input)
	return p.output, err
}

// Weights are kernel and bias.
func (e EinsumDense) Weights(input ...int) []Weight {
	p, _ := e.plan(input) // a shape that doesn't fit asks for names and roles alone
	return e.weights(p)
}

func (e EinsumDense) weights(p einsumPlan) []Weight {
	weights := []Weight{{
		Name: "kernel", Role: Kernel, Shape: p.kernel,
		Initializer: byEinsumFans(orInitializer(e.KernelInitializer, GlorotUniform{}), p), Regularizer: e.KernelRegularizer,
	}}
	if e.BiasAxes != "" {
		weights = append(weights, Weight{
			Name: "bias", Role: Bias, Shape: slices.Clone(p.bias),
			Initializer: orInitializer(e.BiasInitializer, Zeros{}), Regularizer: e.BiasRegularizer,
		})
	}
	return weights
}

// TorchSteps is nn.Linear where the equation is that of a [Dense], else torch.einsum.
func (e EinsumDense) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	p, err := e.plan(inputs[0])
	if err != nil {
		return nil, err
	}
	if e.isDense() {
		d := Dense{Units: p.kernel[1], Activation: e.Activation, NoBias: e.BiasAxes == ""}
		return d.TorchSteps(inputs)
	}
	steps := []TorchStep{{
		Module:     "nn.Parameter(torch.empty(" + torchTuple(p.kernel) + "))",
		Forward:    "torch.einsum('" + p.equation + "', {x}, {m})",
		Parameters: []TorchParameter{{Weight: "kernel", Bare: true}},
	}}
	if p.bias != nil {
		steps = append(steps, TorchStep{
			Module: "nn.Parameter(torch.zeros(" + torchTuple(p.bias) + "))", Member: "bias", Forward: "{x} + {m}", Parameters: []TorchParameter{{Weight: "bias"}},
		})
	}
	return withTorchActivation(steps, e.Activation, p.output)
}

// isDense reports whether the equation multiplies the last axis by a matrix and nothing else.
func (e EinsumDense) isDense() bool {
	x, w, y, _, right, err := splitEinsum(e.Equation)
	if err != nil || right || len(w) != 2 || len(x) != len(y) {
		return false
	}
	last := len(x) - 1
	return x[last] == w[0] && y[last] == w[1] && x[:last] == y[:last] && (e.BiasAxes == "" || e.BiasAxes == w[1:])
}
