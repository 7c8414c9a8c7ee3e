package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// GRU keeps a state that gates update and reset, as Keras' GRU. Cho et al. 2014. With h the state before and
// x·k + b the input's share of each gate, h·rk + rb the state's:
//
//	z = recurrentActivation(x·k_z + b_z + h·rk_z + rb_z)          update
//	r = recurrentActivation(x·k_r + b_r + h·rk_r + rb_r)          reset
//	c = activation(x·k_h + b_h + r∘(h·rk_h + rb_h))                  candidate
//	c = activation(x·k_h + b_h + (r∘h)·rk_h)                       candidate with NoResetAfter, which has no rb
//	h ← z∘h + (1−z)∘c
//
// Shapes: x [batch, time, features] → [batch, Units], or [batch, time, Units] with ReturnSequences; kernel
// [features, 3·Units] and recurrent_kernel [Units, 3·Units] with the gates in the order z, r, h; bias [2, 3·Units],
// b and rb, or [3·Units] with NoResetAfter.
type GRU struct {
	Name                string     // empty: "gru", "gru_1", …
	Units               int        // size of the state; must be positive
	Activation          Activation // nil: Tanh; for none use Linear
	RecurrentActivation Activation // nil: Sigmoid
	ReturnSequences     bool       // returns the state of every step, not of the last alone
	GoBackwards         bool       // starts at the end; sequences come out in that order
	NoBias              bool       // leaves the bias out
	NoResetAfter        bool       // resets before the matrix product, as in the paper: Keras' reset_after=False

	KernelInitializer    Initializer // nil: GlorotUniform
	RecurrentInitializer Initializer // nil: Orthogonal
	BiasInitializer      Initializer // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
}

// Kind is "gru".
func (GRU) Kind() string { return "gru" }

// LayerName is Name.
func (l GRU) LayerName() string { return l.Name }

// Apply adds the layer to the graph. It panics when Units isn't positive or x isn't of rank 3.
func (l GRU) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	r := recurrent{
		layer: "GRU", units: l.Units, gates: 3, returnSequences: l.ReturnSequences, goBackwards: l.GoBackwards,
		kernelInitializer: l.KernelInitializer, recurrentInitializer: l.RecurrentInitializer,
		kernelRegularizer: l.KernelRegularizer, recurrentRegularizer: l.RecurrentRegularizer,
	}
	r.check(x)
	x = asFloat(x)
	kernel, recurrentKernel := r.kernels(scope, x)
	cell := gruCell{GRU: l, recurrentKernel: recurrentKernel}
	var bias *graph.Node
	if !l.NoBias {
		bias, cell.recurrentBias = l.biases(scope, x)
	}
	if l.NoResetAfter {
		cell.updateReset = graph.Slice(recurrentKernel, graph.AxisRange(), graph.AxisRange(0, 2*l.Units))
		cell.candidate = gate(recurrentKernel, 2, l.Units)
	}
	return r.unroll(x, kernel, bias, cell.step)
}

// biases returns b [3·units] and rb [1, 3·units], nil when the layer has none.
func (l GRU) biases(scope *model.Scope, x *graph.Node) (input, state *graph.Node) {
	columns := 3 * l.Units
	dims := []int{2, columns}
	if l.NoResetAfter {
		dims = dims[1:]
	}
	v := weight(scope, "bias", orInitializer(l.BiasInitializer, Zeros{}), dims...)
	regularize(v, l.BiasRegularizer, x.Graph())
	if l.NoResetAfter {
		return v.NodeValue(x), nil
	}
	both := v.NodeValue(x)
	return graph.Reshape(graph.Slice(both, graph.AxisRange(0, 1)), columns), graph.Slice(both, graph.AxisRange(1, 2))
}

type gruCell struct {
	GRU
	recurrentKernel, recurrentBias *graph.Node // the bias may be nil
	updateReset, candidate         *graph.Node // parts of recurrentKernel, for NoResetAfter alone
}

func (c gruCell) step(input, before *graph.Node) *graph.Node {
	sigma := orActivation(c.RecurrentActivation, Sigmoid{})
	phi := orActivation(c.Activation, Tanh{})
	state := c.fromState(before)
	add := func(i int) *graph.Node {
		if state == nil {
			return gate(input, i, c.Units)
		}
		return graph.Add(gate(input, i, c.Units), gate(state, i, c.Units))
	}
	z, r := sigma.Activate(add(0)), sigma.Activate(add(1))
	new := gate(input, 2, c.Units)
	switch {
	case !c.NoResetAfter && state != nil:
		new = graph.Add(new, graph.Mul(r, gate(state, 2, c.Units)))
	case c.NoResetAfter && before != nil:
		new = graph.Add(new, graph.Dot(graph.Mul(r, before), c.candidate).Product())
	}
	new = phi.Activate(new)
	if before == nil {
		return graph.Mul(graph.OneMinus(z), new)
	}
	return graph.Add(graph.Mul(z, before), graph.Mul(graph.OneMinus(z), new))
}

// fromState is the state's share of the gates, h·rk + rb, nil when it is zero.
func (c gruCell) fromState(before *graph.Node) *graph.Node {
	switch {
	case before == nil && c.recurrentBias == nil:
		return nil
	case before == nil:
		return c.recurrentBias
	case c.NoResetAfter:
		return graph.Dot(before, c.updateReset).Product()
	}
	share := graph.Dot(before, c.recurrentKernel).Product()
	if c.recurrentBias != nil {
		share = graph.Add(share, c.recurrentBias)
	}
	return share
}
