package nn

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// recurrence is a [recurrent] at work: its way over time for one input.
type recurrence struct {
	recurrent
	kernel, recurrentKernel, bias *graph.Node // bias may be nil

	before states            // that it begins with; nil: zeros
	kept   []*model.Variable // of a stateful layer, for the states that it ends with; nil: it keeps none
	given  bool              // before is of other layers: masks aren't looked at then, as Keras gives a call of several inputs none

	inputDropped, stateDropped []*graph.Node // factors of input and state, one for each gate or for all; nil: none
}

// run makes the weights of layer l and runs it over x.
func (r recurrent) run(scope *model.Scope, l Weighted, x *graph.Node) *recurrence {
	r.check(x)
	w := create(scope, l, x)
	rec := &recurrence{recurrent: r, kernel: w.node("kernel"), recurrentKernel: w.node("recurrent_kernel"), bias: w.node("bias")}
	rec.draw(scope, x)
	rec.carry(scope, x.Graph(), x.Shape().Dim(0), r.units)
	return rec
}

// addBiases makes one bias of the sum where there are two.
func (r *recurrence) addBiases() {
	if r.bias != nil && r.bias.Rank() == 2 {
		r.bias = graph.ReduceSum(r.bias, 0)
	}
}

// draw draws what is dropped out in training: the same in all steps of time. Where states are dropped too each gate has
// factors of its own, as in Keras.
func (r *recurrence) draw(scope *model.Scope, x *graph.Node) {
	n := 1
	if r.recurrentDropout > 0 {
		n = r.gates
	}
	r.drawFactors(scope, x, n, []int{x.Shape().Dim(0), x.Shape().Dim(2)}, []int{x.Shape().Dim(0), r.units})
}

// drawFactors draws n factors each for what is dropped of inputs and states of those shapes.
func (r *recurrence) drawFactors(scope *model.Scope, x *graph.Node, n int, input, state []int) {
	if r.dropout == 0 && r.recurrentDropout == 0 {
		return
	}
	key := drawKey(scope, x.Graph())
	if key == nil {
		return
	}
	factors := func(rate float64, dims []int) []*graph.Node {
		if rate == 0 {
			return nil
		}
		all := make([]*graph.Node, n)
		for i := range all {
			key = scramble(graph.Add(key, word(key, 0x3c6ef372)))
			keep := kept(x.Graph(), key, rate, dims)
			all[i] = graph.Where(keep, graph.Scalar(x.Graph(), r.kernel.DType(), 1/(1-rate)), graph.ScalarZero(x.Graph(), r.kernel.DType()))
		}
		return all
	}
	r.inputDropped = factors(r.dropout, input)
	r.stateDropped = factors(r.recurrentDropout, state)
}

// fromInput is the input's share of all gates in all steps, time first: [time·batch, gates·units].
func (r *recurrence) fromInput(x *graph.Node) *graph.Node {
	// Time first: each step is then a block of rows, which cuts without copying.
	batch, time, features := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	x = graph.Transpose(x, 0, 1)
	product := func(factor, kernel *graph.Node) *graph.Node {
		dropped := x
		if factor != nil {
			dropped = graph.Mul(x, graph.InsertAxes(factor, 0))
		}
		return graph.Dot(graph.Reshape(dropped, time*batch, features), kernel).Product()
	}
	var share *graph.Node
	switch len(r.inputDropped) {
	case 0:
		share = product(nil, r.kernel)
	case 1:
		share = product(r.inputDropped[0], r.kernel)
	default:
		gates := make([]*graph.Node, r.gates)
		for i := range gates {
			gates[i] = product(r.inputDropped[i], gate(r.kernel, i, r.units))
		}
		share = graph.Concatenate(gates, 1)
	}
	if r.bias != nil {
		share = graph.Add(share, graph.ExpandLeftToRank(r.bias, 2))
	}
	return share
}

// fromState is the state's share of gates from to below to, h·recurrent_kernel.
func (r *recurrence) fromState(h *graph.Node, from, to int) *graph.Node {
	if len(r.stateDropped) == 0 {
		return graph.Dot(h, r.gatesOf(from, to)).Product()
	}
	shares := make([]*graph.Node, 0, to-from)
	for i := from; i < to; i++ {
		shares = append(shares, graph.Dot(r.drop(h, i), r.gatesOf(i, i+1)).Product())
	}
	if len(shares) == 1 {
		return shares[0]
	}
	return graph.Concatenate(shares, 1)
}

// drop is the state as gate i sees it.
func (r *recurrence) drop(h *graph.Node, i int) *graph.Node {
	if len(r.stateDropped) == 0 {
		return h
	}
	return graph.Mul(h, r.stateDropped[i])
}

// gatesOf cuts the columns of gates from to below to from the recurrent kernel.
func (r *recurrence) gatesOf(from, to int) *graph.Node {
	if from == 0 && to == r.gates {
		return r.recurrentKernel
	}
	return graph.Slice(r.recurrentKernel, graph.AxisRange(), graph.AxisRange(from*r.units, to*r.units))
}

// states are what a step leaves to the next, [batch, units] each; the first is the output.
type states []*graph.Node

// unroll runs step over time and returns its last output [batch, units], or all of them in the order they
// were made, [batch, time, units]; behind it the last states, where they are returned. The gradient of a While loop doesn't exist in GoMLX, so the
// graph holds each step. The input's share of all of them is one matrix product.
//
// step gets the input's share for its time [batch, gates·units] and the states before, nil in the first step: they are
// zero, and so is what they would be multiplied with.
func (r *recurrence) unroll(x *graph.Node, step func(input *graph.Node, before states) states) []*graph.Node {
	return r.over(timeSteps(r.fromInput(x), x.Shape().Dim(1)), r.maskSteps(x), step)
}

// over is unroll for the input's shares of the steps, and which rows count in each.
func (r *recurrence) over(steps, kept []*graph.Node, step func(input *graph.Node, before states) states) []*graph.Node {
	if r.goBackwards {
		slices.Reverse(steps)
		slices.Reverse(kept)
	}
	outputs := make([]*graph.Node, len(steps))
	before := r.before
	for t, input := range steps {
		after := step(input, before)
		output := after[0]
		if kept != nil {
			after, output = r.masked(kept[t], after, before)
		}
		if r.gates > 1 {
			barred := apart(after[0])
			if output == after[0] {
				output = barred
			}
			after[0] = barred
		}
		before, outputs[t] = after, output
	}
	r.keep(before)
	ys := []*graph.Node{outputs[len(outputs)-1]}
	if r.returnSequences {
		ys[0] = graph.Stack(outputs, 1)
	}
	if !r.returnState {
		return ys
	}
	return append(ys, before...)
}

// maskSteps is which rows count in each step [batch, 1], nil where all do.
func (r *recurrence) maskSteps(x *graph.Node) []*graph.Node {
	mask := MaskOf(x)
	if mask == nil || r.given {
		return nil
	}
	for mask.Rank() > 2 { // a step counts where a part of it does
		mask = graph.GreaterThan(graph.ReduceSum(maskAsFloat(mask), -1), graph.ScalarZero(mask.Graph(), dtypes.Float32))
	}
	steps := make([]*graph.Node, x.Shape().Dim(1))
	for t := range steps {
		steps[t] = graph.Slice(mask, graph.AxisRange(), graph.AxisElem(t))
	}
	return steps
}

// masked keeps the states of rows that don't count in a step as they were, and gives their output before once more, or
// zeros.
func (r *recurrence) masked(counts *graph.Node, after, before states) (next states, output *graph.Node) {
	next = make(states, len(after))
	zero := graph.ZerosLike(after[0])
	for i, state := range after {
		old := zero
		if before != nil {
			old = before[i]
		}
		next[i] = graph.Where(inAll(counts, state), state, old)
	}
	if r.zeroForMask {
		return next, graph.Where(inAll(counts, zero), after[0], zero)
	}
	return next, next[0]
}

// inAll is which rows count, [batch, 1], for all values of a state.
func inAll(counts, state *graph.Node) *graph.Node {
	for counts.Rank() < state.Rank() {
		counts = graph.InsertAxes(counts, -1)
	}
	return graph.BroadcastToDims(counts, state.Shape().Dimensions...)
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
