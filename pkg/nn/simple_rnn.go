package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// SimpleRNN feeds its output back: hₜ = activation(xₜ·kernel + bias + hₜ₋₁·recurrent_kernel), h₀ = 0,
// as Keras' SimpleRNN. Elman 1990.
//
// Shapes: x [batch, time, features] → [batch, Units], or [batch, time, Units] with ReturnSequences; kernel
// [features, Units], recurrent_kernel [Units, Units], bias [Units].
type SimpleRNN struct {
	Name            string     // empty: "simple_rnn", "simple_rnn_1", …
	Units           int        // size of the state; must be positive
	Activation      Activation // nil: Tanh; for none use Linear
	ReturnSequences bool       // returns the state of every step, not of the last alone
	GoBackwards     bool       // starts at the end; sequences come out in that order
	NoBias          bool       // leaves the bias out

	KernelInitializer    Initializer // nil: GlorotUniform
	RecurrentInitializer Initializer // nil: Orthogonal
	BiasInitializer      Initializer // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
}

// Kind is "simple_rnn".
func (SimpleRNN) Kind() string { return "simple_rnn" }

// LayerName is Name.
func (s SimpleRNN) LayerName() string { return s.Name }

// Apply adds the layer to the graph. It panics when Units isn't positive or x isn't of rank 3.
func (s SimpleRNN) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	r := recurrent{
		layer: "SimpleRNN", units: s.Units, gates: 1, returnSequences: s.ReturnSequences, goBackwards: s.GoBackwards,
		kernelInitializer: s.KernelInitializer, recurrentInitializer: s.RecurrentInitializer,
		kernelRegularizer: s.KernelRegularizer, recurrentRegularizer: s.RecurrentRegularizer,
	}
	r.check(x)
	x = asFloat(x)
	kernel, recurrentKernel := r.kernels(scope, x)
	var bias *graph.Node
	if !s.NoBias {
		b := weight(scope, "bias", orInitializer(s.BiasInitializer, Zeros{}), s.Units)
		regularize(b, s.BiasRegularizer, x.Graph())
		bias = b.NodeValue(x)
	}
	activation := orActivation(s.Activation, Tanh{})
	return r.unroll(x, kernel, bias, func(input, before *graph.Node) *graph.Node {
		if before != nil {
			input = graph.Add(input, graph.Dot(before, recurrentKernel).Product())
		}
		return activation.Activate(input)
	})
}
