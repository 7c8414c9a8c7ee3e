package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Dense computes activation(x·kernel + bias), as Keras' Dense.
//
// Shapes: x [batch, …, in] → [batch, …, Units]; kernel [in, Units], bias [Units].
type Dense struct {
	Name              string      `keras:"-"`                                // empty: "dense", "dense_1", …
	Units             int         `keras:"units,positional,required,from=1"` // size of the output; must be positive
	Activation        Activation  `keras:",default=linear"`                  // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                     // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`          // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                   // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
	// LoRARank leaves the kernel as it is and trains a correction A·B of that rank, whose weights are lora_kernel_a and
	// lora_kernel_b; 0: it trains the kernel. Keras' lora_alpha does nothing here.
	LoRARank int `keras:"lora_rank,optional,from=0"`
}

var _ = layers.Add(Dense{}, codec.Ignored("lora_alpha"))

// Apply adds the layer to the graph. It panics when Units isn't positive or x has no feature axis.
func (d Dense) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	mustBePositive("Dense.Units", d.Units)
	if x.Rank() < 2 {
		panic(fmt.Errorf("Dense needs an input [batch, …, features], got %s", x.Shape()))
	}
	x = asFloat(x)
	w := create(scope, d, x)
	y := matMul(x, w.node("kernel"))
	if bias := w.expanded("bias", y.Rank()); bias != nil {
		y = graph.Add(y, bias)
	}
	return activate(d.Activation, y)
}

// OutputShape is the input's with Units features.
func (d Dense) OutputShape(input ...int) ([]int, error) {
	if err := needsFeatures("Dense", input); err != nil {
		return nil, err
	}
	return withLast(input, d.Units), nil
}

// Weights are kernel and bias.
func (d Dense) Weights(input ...int) []Weight {
	weights := []Weight{{
		Name: "kernel", Role: Kernel, Shape: []int{input[len(input)-1], d.Units},
		Initializer: orInitializer(d.KernelInitializer, GlorotUniform{}), Regularizer: d.KernelRegularizer,
	}}
	if !d.NoBias {
		weights = append(weights, Weight{
			Name: "bias", Role: Bias, Shape: []int{d.Units},
			Initializer: orInitializer(d.BiasInitializer, Zeros{}), Regularizer: d.BiasRegularizer,
		})
	}
	return weights
}

// TorchSteps is nn.Linear and the activation.
func (d Dense) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	in := inputs[0]
	arguments := []string{fmt.Sprint(in[len(in)-1]), fmt.Sprint(d.Units)}
	parameters := []TorchParameter{{Weight: "kernel", Name: "weight", Transposed: true}, {Weight: "bias", Name: "bias"}}
	if d.NoBias {
		arguments, parameters = append(arguments, "bias=False"), parameters[:1]
	}
	steps, _ := torchModule("Linear", arguments...)
	steps[0].Parameters = parameters
	return withTorchActivation(steps, d.Activation, withLast(in, d.Units))
}

// matMul multiplies the last axis of x [batch, …, in] by kernel [in, out]. The middle axes are folded
// into the batch first: one matrix product is what every backend does best.
func matMul(x, kernel *graph.Node) *graph.Node {
	if x.Rank() == 2 {
		return graph.Dot(x, kernel).Product()
	}
	in, out := kernel.Shape().Dim(0), kernel.Shape().Dim(1)
	dims := append([]int(nil), x.Shape().Dimensions...)
	dims[len(dims)-1] = out
	return graph.Reshape(graph.Dot(graph.Reshape(x, -1, in), kernel).Product(), dims...)
}
