package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// LSTM keeps a state behind an input, a forget and an output gate, as Keras' LSTM. Hochreiter & Schmidhuber 1997;
// Gers et al. 2000. With a = x·kernel + bias + h·recurrent_kernel, cut into its gates:
//
//	i, f, o = recurrentActivation(a_i), recurrentActivation(a_f), recurrentActivation(a_o)
//	c ← f∘c + i∘activation(a_c)
//	h ← o∘activation(c)
//
// Shapes: x [batch, time, features] → h [batch, Units], or [batch, time, Units] with ReturnSequences; kernel
// [features, 4·Units], recurrent_kernel [Units, 4·Units] and bias [4·Units], with TwoBiases [2, 4·Units], with the gates in the
// order i, f, c, o.
type LSTM struct {
	Name                string     `keras:"-"`                                // empty: "lstm", "lstm_1", …
	Units               int        `keras:"units,positional,required,from=1"` // size of the state; must be positive
	Activation          Activation `keras:",default=tanh"`                    // nil: Tanh; for none use Linear
	RecurrentActivation Activation `keras:",default=sigmoid"`                 // nil: Sigmoid
	ReturnSequences     bool       // returns the output of every step, not of the last alone
	ReturnState         bool       // returns the last states too, h and c, as further outputs
	GoBackwards         bool       // starts at the end; sequences come out in that order
	Stateful            bool       // row i of a batch goes on from the state of row i of the batch before, in training and in use; all batches must have as many rows
	Dropout             float64    `keras:"dropout,from=0,below=1"`           // share of the input's features that is dropped in training, the same in all steps
	RecurrentDropout    float64    `keras:"recurrent_dropout,from=0,below=1"` // share of the state that is dropped in training, the same in all steps
	ZeroOutputForMask   bool       // gives zeros for masked steps, not the output before
	NoBias              bool       `keras:"use_bias,not"`         // leaves the bias out
	TwoBiases           bool       `keras:"-"`                    // adds two biases, as PyTorch does, which so move twice as far; Keras has no such thing
	NoUnitForgetBias    bool       `keras:"unit_forget_bias,not"` // starts the forget gate's bias as the others; else at 1, but with TwoBiases. Jozefowicz et al. 2015

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

var _ = layers.Add(LSTM{}, recurrentArguments...)

// Apply adds the layer to the graph. It panics when Units isn't positive or x isn't of rank 3.
func (l LSTM) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return onlyOutput(l.ApplyAll(scope, []*graph.Node{x}))
}

// ApplyAll is Apply to a sequence and, where there are more inputs, the states [batch, Units] that it begins with, h and c; the outputs are the
// layer's and, with ReturnState, the last h and c.
func (l LSTM) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	x := asFloat(xs[0])
	r := l.shared().run(scope, l, x)
	r.addBiases()
	r.begin(xs, 2)
	sigma := orActivation(l.RecurrentActivation, Sigmoid{})
	phi := orActivation(l.Activation, Tanh{})
	return r.unroll(x, func(a *graph.Node, before states) states {
		if before != nil {
			a = graph.Add(a, r.fromState(before[0], 0, 4))
		}
		new := graph.Mul(sigma.Activate(gate(a, 0, l.Units)), phi.Activate(gate(a, 2, l.Units)))
		if before != nil {
			new = graph.Add(graph.Mul(sigma.Activate(gate(a, 1, l.Units)), before[1]), new)
		}
		c := apart(new)
		return states{graph.Mul(sigma.Activate(gate(a, 3, l.Units)), phi.Activate(c)), c}
	})
}

// Weights are kernel, recurrent_kernel and bias.
func (l LSTM) Weights(input ...int) []Weight { return l.shared().weights(input) }

// OutputShape is [batch, Units], or [batch, time, Units] with ReturnSequences.
func (l LSTM) OutputShape(input ...int) ([]int, error) { return l.shared().outputShape(input) }

// Gated is true: the output isn't what the activation gives.
func (LSTM) Gated() bool { return true }

// OutputShapes are those of the output and of the states that are returned.
func (l LSTM) OutputShapes(inputs [][]int) ([][]int, error) {
	return l.shared().outputShapes(inputs, 2)
}

// Parameters are the arguments of Keras' call.
func (LSTM) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the states.
func (LSTM) Arrange(given map[string][]string) ([]string, error) {
	return arrangeStates("LSTM", given)
}

// Sequences is ReturnSequences.
func (l LSTM) Sequences() bool { return l.ReturnSequences }

// Gates is 4.
func (LSTM) Gates() int { return 4 }

// Bounds are those of the activation and of it times the output gate, whose values are at most 1 where its activation
// is a sigmoid.
func (l LSTM) Bounds() (low, high float64) {
	low, high = Bounds(orActivation(l.Activation, Tanh{}))
	if from, to := Bounds(orActivation(l.RecurrentActivation, Sigmoid{})); from < 0 || to > 1 {
		return math.Inf(-1), math.Inf(1)
	}
	return min(low, 0), max(high, 0)
}

func (l LSTM) shared() recurrent {
	r := recurrent{
		layer: "LSTM", returnState: l.ReturnState, units: l.Units, gates: 4, returnSequences: l.ReturnSequences, goBackwards: l.GoBackwards, stateful: l.Stateful,
		zeroForMask: l.ZeroOutputForMask, dropout: l.Dropout, recurrentDropout: l.RecurrentDropout,
		kernelInitializer: l.KernelInitializer, recurrentInitializer: l.RecurrentInitializer, biasInitializer: l.BiasInitializer,
		kernelRegularizer: l.KernelRegularizer, recurrentRegularizer: l.RecurrentRegularizer, biasRegularizer: l.BiasRegularizer,
	}
	if !l.NoBias {
		r.bias = []int{4 * l.Units}
		if l.TwoBiases {
			r.bias = []int{2, 4 * l.Units}
		}
	}
	if !l.NoUnitForgetBias && !l.TwoBiases {
		r.biasInitializer = forgetBias{orInitializer(l.BiasInitializer, Zeros{})}
	}
	return r
}

// TorchSteps is nn.LSTM, whose activations can't be changed.
func (l LSTM) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return l.torchMasked(inputs, []bool{false})
}

func (l LSTM) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	r := l.shared()
	if err := r.torchStates(len(inputs)); err != nil {
		return nil, err
	}
	if err := errors.Join(r.torchOnly("Activation", l.Activation, Tanh{}), r.torchOnly("RecurrentActivation", l.RecurrentActivation, Sigmoid{})); err != nil {
		return nil, err
	}
	return r.torchRecurrent("LSTM", inputs[0], masks[0], l.TwoBiases)
}

// forgetBias draws an LSTM's bias with ones for the forget gate, the second quarter.
type forgetBias struct{ Initializer }

// Values draws the values, the two parts around the forget gate on their own as Keras does.
func (f forgetBias) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	units := dims[0] / 4
	before, err := f.Initializer.Values(rng, units)
	if err != nil {
		return nil, err
	}
	ones, _ := Ones{}.Values(rng, units)
	after, err := f.Initializer.Values(rng, 2*units)
	if err != nil {
		return nil, err
	}
	return append(append(before, ones...), after...), nil
}

// TorchInit draws all of the bias, then sets the forget gate's part.
func (f forgetBias) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	init, ok := f.Initializer.(TorchInitializer)
	if !ok {
		return nil, noTorchInit(f.Initializer)
	}
	lines, err := init.TorchInit(expression, shape, p)
	units := shape[0] / 4
	return append(lines, fmt.Sprintf("nn.init.ones_(%s.data[%d:%d])", expression, units, 2*units)), err
}
