package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// recurrentArguments are Keras' arguments of recurrent layers that have no field. How the steps are computed, the seed of
// a dropout that isn't there and what a mask that isn't there does change nothing.
var recurrentArguments = []codec.Option{
	codec.Only("kernel_constraint"), codec.Only("recurrent_constraint"), codec.Only("bias_constraint"),
	codec.Only("return_state", false), codec.Only("stateful", false), codec.Only("time_major", false),
	codec.Only("dropout", 0), codec.Only("recurrent_dropout", 0),
	codec.Only("unroll", false, true), codec.Ignored("implementation", "seed", "zero_output_for_mask", "use_cudnn"),
}

// Recurrent is implemented by layers that carry a state over time: x [batch, time, features].
type Recurrent interface {
	Weighted
	// Sequences reports whether the output has a time axis.
	Sequences() bool
	// Gates is how many kernels lie side by side in one.
	Gates() int
}

// recurrent is what SimpleRNN, GRU and LSTM share: the settings of their weights, and the way over time.
type recurrent struct {
	layer           string // type's name, for errors
	units, gates    int    // the kernels have gates·units columns
	bias            []int  // its shape; nil: none
	returnSequences bool
	goBackwards     bool

	kernelInitializer, recurrentInitializer, biasInitializer Initializer
	kernelRegularizer, recurrentRegularizer, biasRegularizer Regularizer
}

// check panics when the settings or the input's shape don't make sense.
func (r recurrent) check(x *graph.Node) {
	mustBePositive(r.layer+".Units", r.units)
	if x.Rank() != 3 {
		panic(fmt.Errorf("%s needs an input [batch, time, features], got %s", r.layer, x.Shape()))
	}
	mustHoldValues(x)
}

func (r recurrent) outputShape(input []int) ([]int, error) {
	if len(input) != 3 {
		return nil, fmt.Errorf("%s needs an input [batch, time, features], got %v", r.layer, input)
	}
	if r.returnSequences {
		return withLast(input, r.units), nil
	}
	return []int{input[0], r.units}, nil
}

// weights are kernel [features, gates·units], recurrent_kernel [units, gates·units] and bias.
func (r recurrent) weights(input []int) []Weight {
	columns := r.gates * r.units
	weights := []Weight{{
		Name: "kernel", Role: Kernel, Shape: []int{input[len(input)-1], columns},
		Initializer: orInitializer(r.kernelInitializer, GlorotUniform{}), Regularizer: r.kernelRegularizer,
	}, {
		Name: "recurrent_kernel", Role: RecurrentKernel, Shape: []int{r.units, columns},
		Initializer: orInitializer(r.recurrentInitializer, Orthogonal{}), Regularizer: r.recurrentRegularizer,
	}}
	if r.bias != nil {
		weights = append(weights, Weight{
			Name: "bias", Role: Bias, Shape: r.bias,
			Initializer: orInitializer(r.biasInitializer, Zeros{}), Regularizer: r.biasRegularizer,
		})
	}
	return weights
}

// unroll runs step over time and returns its last output [batch, units], or all of them in the order they
// were made, [batch, time, units]. The gradient of a While loop doesn't exist in GoMLX, so the
// graph holds each step. The input's share of all of them is one matrix product.
//
// step gets the input's share for its time [batch, gates·units] and the output before, nil in the first step: that
// state is zero, and so is what it would be multiplied with.
func (r recurrent) unroll(x, kernel, bias *graph.Node, step func(input, before *graph.Node) *graph.Node) *graph.Node {
	// Time first: each step is then a block of rows, which cuts without copying.
	batch, time, features := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	rows := graph.Reshape(graph.Transpose(x, 0, 1), time*batch, features)
	inputs := graph.Dot(rows, kernel).Product()
	if bias != nil {
		inputs = graph.Add(inputs, graph.ExpandLeftToRank(bias, 2))
	}
	steps := timeSteps(inputs, time)
	if r.goBackwards {
		slices.Reverse(steps)
	}
	outputs := make([]*graph.Node, len(steps))
	var h *graph.Node
	for t, input := range steps {
		h = step(input, h)
		if r.gates > 1 {
			h = apart(h)
		}
		outputs[t] = h
	}
	if !r.returnSequences {
		return h
	}
	return graph.Stack(outputs, 1)
}

// timeSteps cuts the rows of x [time·batch, n] into its steps [batch, n]. It halves until one is left: the
// gradient of a cut is as large as what was cut from, so that cutting each step from the whole would cost time².
func timeSteps(x *graph.Node, time int) []*graph.Node {
	if time == 1 {
		return []*graph.Node{x}
	}
	rows := x.Shape().Dim(0)
	middle := time / 2
	cut := middle * (rows / time)
	first := timeSteps(graph.Slice(x, graph.AxisRange(0, cut)), middle)
	return append(first, timeSteps(graph.Slice(x, graph.AxisRange(cut, rows)), time-middle)...)
}

// gate cuts the columns of gate i from x [batch, gates·units].
func gate(x *graph.Node, i, units int) *graph.Node {
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(i*units, (i+1)*units))
}

// torchRecurrent is a module of PyTorch, which returns a pair: all outputs and the last state. Where two biases are added
// there and one here, the second is nothing.
func (r recurrent) torchRecurrent(class string, input []int, twoBiases bool, arguments ...string) []TorchStep {
	arguments = append([]string{fmt.Sprint(input[2]), fmt.Sprint(r.units)}, arguments...)
	step := TorchStep{Forward: "{m}({x})[0]", Parameters: []TorchParameter{
		{Weight: "kernel", Name: "weight_ih_l0", Transposed: true}, {Weight: "recurrent_kernel", Name: "weight_hh_l0", Transposed: true},
	}}
	switch {
	case r.bias == nil:
		arguments = append(arguments, "bias=False")
	case twoBiases:
		step.Parameters = append(step.Parameters, TorchParameter{Weight: "bias", Name: "bias_ih_l0", Apart: true}, TorchParameter{Weight: "bias", Name: "bias_hh_l0", Apart: true})
	default:
		step.Parameters = append(step.Parameters, TorchParameter{Weight: "bias", Name: "bias_ih_l0"})
		step.Lines = []string{"nn.init.zeros_({m}.bias_hh_l0).requires_grad_(False)"}
		step.Note = class + " adds two biases, Keras one: the second is kept at zero."
	}
	step.Module = codec.Call{Function: "nn." + class, Arguments: append(arguments, "batch_first=True")}.String()
	if r.goBackwards {
		step.Forward = "{m}({x}.flip(1))[0]"
	}
	if !r.returnSequences {
		step.Forward += "[:, -1]"
	}
	return []TorchStep{step}
}

// torchOnly is an error where an activation isn't the one that PyTorch's module has.
func (r recurrent) torchOnly(setting string, given, only Activation) error {
	if given == nil || given == only {
		return nil
	}
	return fmt.Errorf("%s.%s is %s: nn.%s has %s and no other", r.layer, setting, typeName(given), r.layer, strings.ToLower(typeName(only)))
}
