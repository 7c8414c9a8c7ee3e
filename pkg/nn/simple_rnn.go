package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// SimpleRNN feeds its output back: hₜ = activation(xₜ·kernel + bias + hₜ₋₁·recurrent_kernel), h₀ = 0,
// as Keras' SimpleRNN. Elman 1990.
//
// Shapes: x [batch, time, features] → [batch, Units], or [batch, time, Units] with ReturnSequences; kernel
// [features, Units], recurrent_kernel [Units, Units], bias [Units], with TwoBiases [2, Units].
type SimpleRNN struct {
	Name              string     `keras:"-"`                                // empty: "simple_rnn", "simple_rnn_1", …
	Units             int        `keras:"units,positional,required,from=1"` // size of the state; must be positive
	Activation        Activation `keras:",default=tanh"`                    // nil: Tanh; for none use Linear
	ReturnSequences   bool       // returns the state of every step, not of the last alone
	ReturnState       bool       // returns the last state too, as further outputs
	GoBackwards       bool       // starts at the end; sequences come out in that order
	Stateful          bool       // row i of a batch goes on from the state of row i of the batch before, in training and in use; all batches must have as many rows
	Dropout           float64    `keras:"dropout,from=0,below=1"`           // share of the input's features that is dropped in training, the same in all steps
	RecurrentDropout  float64    `keras:"recurrent_dropout,from=0,below=1"` // share of the state that is dropped in training, the same in all steps
	ZeroOutputForMask bool       // gives zeros for masked steps, not the output before
	NoBias            bool       `keras:"use_bias,not"` // leaves the bias out
	TwoBiases         bool       `keras:"-"`            // adds two biases, as PyTorch does, which so move twice as far; Keras has no such thing

	KernelInitializer    Initializer `keras:",default=glorot_uniform"` // nil: GlorotUniform
	RecurrentInitializer Initializer `keras:",default=orthogonal"`     // nil: Orthogonal
	BiasInitializer      Initializer `keras:",default=zeros"`          // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	KernelConstraint     Constraint  // nil: none
	RecurrentConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

var _ = layers.Add(SimpleRNN{}, recurrentArguments...)

// Apply adds the layer to the graph. It panics when Units isn't positive or x isn't of rank 3.
func (s SimpleRNN) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return onlyOutput(s.ApplyAll(scope, []*graph.Node{x}))
}

// ApplyAll is Apply to a sequence and, where there are more inputs, the state [batch, Units] that it begins with; the outputs are the
// layer's and, with ReturnState, the last state.
func (s SimpleRNN) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	x := asFloat(xs[0])
	r := s.shared().run(scope, s, x)
	r.addBiases()
	r.begin(xs, 1)
	activation := orActivation(s.Activation, Tanh{})
	return r.unroll(x, func(input *graph.Node, before states) states {
		if before != nil {
			input = graph.Add(input, r.fromState(before[0], 0, 1))
		}
		return states{activation.Activate(input)}
	})
}

// Weights are kernel, recurrent_kernel and bias.
func (s SimpleRNN) Weights(input ...int) []Weight { return s.shared().weights(input) }

// OutputShape is [batch, Units], or [batch, time, Units] with ReturnSequences.
func (s SimpleRNN) OutputShape(input ...int) ([]int, error) { return s.shared().outputShape(input) }

// OutputShapes are those of the output and of the states that are returned.
func (s SimpleRNN) OutputShapes(inputs [][]int) ([][]int, error) {
	return s.shared().outputShapes(inputs, 1)
}

// Parameters are the arguments of Keras' call.
func (SimpleRNN) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the state.
func (SimpleRNN) Arrange(given map[string][]string) ([]string, error) {
	return arrangeStates("SimpleRNN", given)
}

// Sequences is ReturnSequences.
func (s SimpleRNN) Sequences() bool { return s.ReturnSequences }

// Gates is 1.
func (SimpleRNN) Gates() int { return 1 }

func (s SimpleRNN) shared() recurrent {
	r := recurrent{
		layer: "SimpleRNN", returnState: s.ReturnState, units: s.Units, gates: 1, returnSequences: s.ReturnSequences, goBackwards: s.GoBackwards, stateful: s.Stateful,
		zeroForMask: s.ZeroOutputForMask, dropout: s.Dropout, recurrentDropout: s.RecurrentDropout,
		kernelInitializer: s.KernelInitializer, recurrentInitializer: s.RecurrentInitializer, biasInitializer: s.BiasInitializer,
		kernelRegularizer: s.KernelRegularizer, recurrentRegularizer: s.RecurrentRegularizer, biasRegularizer: s.BiasRegularizer,
	}
	if !s.NoBias {
		r.bias = []int{s.Units}
		if s.TwoBiases {
			r.bias = []int{2, s.Units}
		}
	}
	return r
}

// TorchSteps is nn.RNN, which knows tanh and ReLU.
func (s SimpleRNN) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return s.torchMasked(inputs, []bool{false})
}

func (s SimpleRNN) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	r := s.shared()
	if err := r.torchStates(len(inputs)); err != nil {
		return nil, err
	}
	switch orActivation(s.Activation, Tanh{}) {
	case Tanh{}:
		return r.torchRecurrent("RNN", inputs[0], masks[0], s.TwoBiases)
	case ReLU{}:
		return r.torchRecurrent("RNN", inputs[0], masks[0], s.TwoBiases, "nonlinearity='relu'")
	}
	return nil, fmt.Errorf("SimpleRNN.Activation is %s: nn.RNN has tanh and ReLU and no other", typeName(s.Activation))
}
