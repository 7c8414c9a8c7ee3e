package nn

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// recurrentArguments are Keras' arguments of recurrent layers that have no field. How the steps are computed and the
// seed of a dropout change nothing.
var recurrentArguments = []codec.Option{
	codec.Only("time_major", false),
	codec.Only("unroll", false, true), codec.Ignored("implementation", "seed", "use_cudnn"),
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
	returnState     bool
	goBackwards     bool
	stateful        bool // begins with the states of the batch before
	zeroForMask     bool // gives zeros for masked steps, not the output before

	dropout, recurrentDropout float64

	kernelInitializer, recurrentInitializer, biasInitializer Initializer
	kernelRegularizer, recurrentRegularizer, biasRegularizer Regularizer
}

// check panics when the settings or the input's shape don't make sense.
func (r recurrent) check(x *graph.Node) {
	mustBePositive(r.layer+".Units", r.units)
	r.checkRates()
	if x.Rank() != 3 {
		panic(fmt.Errorf("%s needs an input [batch, time, features], got %s", r.layer, x.Shape()))
	}
	mustHoldValues(x)
}

func (r recurrent) checkRates() {
	for setting, rate := range map[string]float64{"Dropout": r.dropout, "RecurrentDropout": r.recurrentDropout} {
		if !(rate >= 0 && rate < 1) {
			panic(fmt.Errorf("%s.%s is %g, must be from 0 to below 1", r.layer, setting, rate))
		}
	}
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

// torchRecurrent is a module of PyTorch, which returns a pair: all outputs and the last state. Where two biases are added
// there and one here, the second is nothing. With a mask the steps that count come first, and then what they gave to where
// they were.
func (r recurrent) torchRecurrent(class string, input []int, masked, twoBiases bool, arguments ...string) ([]TorchStep, error) {
	arguments = append([]string{fmt.Sprint(input[2]), fmt.Sprint(r.units)}, arguments...)
	if r.recurrentDropout > 0 {
		return nil, fmt.Errorf("%s.RecurrentDropout is %g: nn.%s drops out nothing of its state", r.layer, r.recurrentDropout, class)
	}
	step := TorchStep{Parameters: []TorchParameter{
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
	var steps []TorchStep
	if r.dropout > 0 { // the same features in all steps of time
		steps, _ = torchSpatialDropout(1, r.dropout, "")
		steps[0].Member = "dropout"
	}
	way := ""
	if r.goBackwards {
		way = ".flip(1)"
	}
	last := ""
	if !r.returnSequences {
		last = "[:, -1]"
	}
	if !masked {
		step.Forward = "{m}({x}" + way + ")[0]" + last
		return append(steps, step), nil
	}
	step.Forward, step.Result = "{m}(torch.take_along_dim({x}"+way+", {order}[:, :, None], dim=1))[0]", "states"
	counts := "{counts}[:, :, None] > 0"
	if r.zeroForMask {
		counts = "{mask0}" + way + "[:, :, None]"
	}
	return append(steps, TorchStep{Forward: "torch.argsort(~{mask0}" + way + ", dim=1, stable=True)", Result: "order"},
		step,
		TorchStep{Forward: "{mask0}" + way + ".cumsum(1)", Result: "counts"},
		TorchStep{Forward: "torch.where(" + counts + ", torch.take_along_dim({states}, ({counts} - 1).clamp(min=0)[:, :, None], dim=1), 0.0)" + last}), nil
}

// torchOnly is an error where an activation isn't the one that PyTorch's module has.
func (r recurrent) torchOnly(setting string, given, only Activation) error {
	if given == nil || given == only {
		return nil
	}
	return fmt.Errorf("%s.%s is %s: nn.%s has %s and no other", r.layer, setting, typeName(given), r.layer, strings.ToLower(typeName(only)))
}
