package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// recurrent is what SimpleRNN, GRU and LSTM share: the settings of their weights, and the way over time.
type recurrent struct {
	layer           string // type's name, for errors
	units, gates    int    // the kernels have gates·units columns
	returnSequences bool
	goBackwards     bool

	kernelInitializer, recurrentInitializer Initializer
	kernelRegularizer, recurrentRegularizer Regularizer
}

// check panics when the settings or the input's shape don't make sense.
func (r recurrent) check(x *graph.Node) {
	if r.units <= 0 {
		panic(fmt.Errorf("%s.Units is %d, must be positive", r.layer, r.units))
	}
	if x.Rank() != 3 {
		panic(fmt.Errorf("%s needs an input [batch, time, features], got %s", r.layer, x.Shape()))
	}
}

// kernels creates or finds kernel [features, gates·units] and recurrent_kernel [units, gates·units].
func (r recurrent) kernels(scope *model.Scope, x *graph.Node) (kernel, recurrentKernel *graph.Node) {
	columns := r.gates * r.units
	k := weight(scope, "kernel", orInitializer(r.kernelInitializer, GlorotUniform{}), x.Shape().Dim(-1), columns)
	regularize(k, r.kernelRegularizer, x.Graph())
	rk := weight(scope, "recurrent_kernel", orInitializer(r.recurrentInitializer, Orthogonal{}), r.units, columns)
	regularize(rk, r.recurrentRegularizer, x.Graph())
	return k.NodeValue(x), rk.NodeValue(x)
}

// unroll runs step over time and returns its last output [batch, units], or all of them in the order they
// were made, [batch, time, units]. The gradient of a While loop doesn't exist in GoMLX, so the
// graph holds each step. The input's share of all of them is one matrix product.
//
// step gets the input's share for its time [batch, gates·units] and the output before, nil in the first step: that
// state is zero, and so is what it would be multiplied with.
func (r recurrent) unroll(x, kernel, bias *graph.Node, step func(input, before *graph.Node) *graph.Node) *graph.Node {
	inputs := matMul(x, kernel)
	if bias != nil {
		inputs = graph.Add(inputs, graph.ExpandLeftToRank(bias, 3))
	}
	steps := timeSteps(inputs)
	if r.goBackwards {
		slices.Reverse(steps)
	}
	outputs := make([]*graph.Node, len(steps))
	var h *graph.Node
	for t, input := range steps {
		h = step(input, h)
		outputs[t] = h
	}
	if !r.returnSequences {
		return h
	}
	return graph.Stack(outputs, 1)
}

// timeSteps cuts x [batch, time, n] into its steps [batch, n]. It halves until few are left: the gradient of
// a cut is as large as what was cut, so that cutting each step from the whole would cost time².
func timeSteps(x *graph.Node) []*graph.Node {
	batch, time, n := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	if time > timeChunk {
		middle := time / 2
		first := graph.Slice(x, graph.AxisRange(), graph.AxisRange(0, middle))
		second := graph.Slice(x, graph.AxisRange(), graph.AxisRange(middle, time))
		return append(timeSteps(first), timeSteps(second)...)
	}
	steps := make([]*graph.Node, time)
	for t := range steps {
		steps[t] = graph.Reshape(graph.Slice(x, graph.AxisRange(), graph.AxisRange(t, t+1)), batch, n)
	}
	return steps
}

var timeChunk = 8

// gate cuts the columns of gate i from x [batch, gates·units].
func gate(x *graph.Node, i, units int) *graph.Node {
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(i*units, (i+1)*units))
}
