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
	mustHoldValues(x)
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
