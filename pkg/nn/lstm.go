package nn

import (
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
// [features, 4·Units], recurrent_kernel [Units, 4·Units] and bias [4·Units] with the gates in the order i, f, c, o.
type LSTM struct {
	Name                string     // empty: "lstm", "lstm_1", …
	Units               int        // size of the state; must be positive
	Activation          Activation // nil: Tanh; for none use Linear
	RecurrentActivation Activation // nil: Sigmoid
	ReturnSequences     bool       // returns the output of every step, not of the last alone
	GoBackwards         bool       // starts at the end; sequences come out in that order
	NoBias              bool       // leaves the bias out
	NoUnitForgetBias    bool       // starts the forget gate's bias as the others; else at 1. Jozefowicz et al. 2015

	KernelInitializer    Initializer // nil: GlorotUniform
	RecurrentInitializer Initializer // nil: Orthogonal
	BiasInitializer      Initializer // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
}

// Kind is "lstm".
func (LSTM) Kind() string { return "lstm" }

// LayerName is Name.
func (l LSTM) LayerName() string { return l.Name }

// Apply adds the layer to the graph. It panics when Units isn't positive or x isn't of rank 3.
func (l LSTM) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	r := recurrent{
		layer: "LSTM", units: l.Units, gates: 4, returnSequences: l.ReturnSequences, goBackwards: l.GoBackwards,
		kernelInitializer: l.KernelInitializer, recurrentInitializer: l.RecurrentInitializer,
		kernelRegularizer: l.KernelRegularizer, recurrentRegularizer: l.RecurrentRegularizer,
	}
	r.check(x)
	x = asFloat(x)
	kernel, recurrentKernel := r.kernels(scope, x)
	var bias *graph.Node
	if !l.NoBias {
		init := orInitializer(l.BiasInitializer, Zeros{})
		if !l.NoUnitForgetBias {
			init = forgetBias{init}
		}
		v := weight(scope, "bias", init, 4*l.Units)
		regularize(v, l.BiasRegularizer, x.Graph())
		bias = v.NodeValue(x)
	}
	sigma := orActivation(l.RecurrentActivation, Sigmoid{})
	phi := orActivation(l.Activation, Tanh{})
	var c *graph.Node
	return r.unroll(x, kernel, bias, func(a, before *graph.Node) *graph.Node {
		if before != nil {
			a = graph.Add(a, graph.Dot(before, recurrentKernel).Product())
		}
		new := graph.Mul(sigma.Activate(gate(a, 0, l.Units)), phi.Activate(gate(a, 2, l.Units)))
		if c != nil {
			new = graph.Add(graph.Mul(sigma.Activate(gate(a, 1, l.Units)), c), new)
		}
		c = apart(new)
		return graph.Mul(sigma.Activate(gate(a, 3, l.Units)), phi.Activate(c))
	})
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
