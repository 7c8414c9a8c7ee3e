package fit

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// measureShapes say what the probes read in a fused program; zero: there are none.
type measureShapes struct {
	numbers int  // that the probes read of a measured step
	slots   int  // measured steps in one execution, at most
	every   bool // every step is measured
}

// shapes are the parameters of the training loop that the probes add: the readings [slots, numbers], for
// each step the next measured one, and the slot of the next reading.
func (s measureShapes) shapes(capacity int) []shapes.Shape {
	if s.numbers == 0 {
		return nil
	}
	return []shapes.Shape{float32s(s.slots, s.numbers), int32s(capacity), int32s()}
}

// readingsBudget is how many numbers are kept on the device for probes, roughly.
const readingsBudget = 1 << 18

// measureShapes lays out what the probes read in executions of up to capacity steps.
func (m *Model) measureShapes(capacity int) measureShapes {
	numbers := readingSize(m.readings)
	if numbers == 0 {
		return measureShapes{}
	}
	n := m.probeEvery()
	return measureShapes{
		numbers: numbers,
		slots:   min((capacity-1)/n+1, max(1, readingsBudget/numbers)),
		every:   n == 1,
	}
}

// probeEvery is the interval of the measured steps.
func (m *Model) probeEvery() int {
	if m.options.ProbeEvery == 0 {
		return defaultProbeEvery
	}
	return m.options.ProbeEvery
}

const defaultProbeEvery = 30

// trainLoop adds the loop over the training steps to f. With an interval between the measured steps it is
// a loop over intervals:
//
//	while step < stop {
//		for until = min(next[step], stop); step < until { plain step }
//		for until = min(next+1, stop); step < until { measured step }
//	}
//
// Both kinds of steps are in the program, so that what is measured costs the steps between nothing.
func (m *Model) trainLoop(b compute.Backend, builder compute.Builder, f compute.Function, state []compute.Value, s fusedShapes) ([]compute.Value, error) {
	steps := func(f compute.Function, state []compute.Value, measured bool) ([]compute.Value, error) {
		return loop(b, builder, f, "step", state, func(g *graph.Graph) []*graph.Node {
			return m.trainBody(g, s, measured)
		})
	}
	if s.measure.numbers == 0 || s.measure.every {
		return steps(f, state, s.measure.every)
	}
	all := slices.Concat(m.state.shapes(), s.trainShapes())
	last := len(all) - 1
	body, err := f.Closure()
	if err != nil {
		return nil, err
	}
	values, err := functionParameters(body, "interval", all, nil)
	if err != nil {
		return nil, err
	}
	next, step, stop := values[len(m.state.vars)+2], values[last-1], values[last]
	due, err := elementAt(body, next, step)
	if err != nil {
		return nil, err
	}
	after, err := untilThen(body, values, due, stop, func(v []compute.Value) ([]compute.Value, error) { return steps(body, v, false) })
	if err != nil {
		return nil, err
	}
	one, err := body.Constant([]int32{1})
	if err != nil {
		return nil, err
	}
	if due, err = body.Add(due, one); err != nil {
		return nil, err
	}
	after, err = untilThen(body, after, due, stop, func(v []compute.Value) ([]compute.Value, error) { return steps(body, v, true) })
	if err != nil {
		return nil, err
	}
	if err := body.Return(after, nil); err != nil {
		return nil, err
	}
	condition, err := loopCondition(b, builder, f, "interval", state, all)
	if err != nil {
		return nil, err
	}
	return f.While(condition, body, state...)
}

// untilThen runs a loop that ends at due, or at stop if that is earlier, and gives the state its stop back.
func untilThen(f compute.Function, state []compute.Value, due, stop compute.Value,
	run func([]compute.Value) ([]compute.Value, error)) ([]compute.Value, error) {
	until, err := f.Min(due, stop)
	if err != nil {
		return nil, err
	}
	last := len(state) - 1
	after, err := run(append(slices.Clone(state[:last]), until))
	if err != nil {
		return nil, err
	}
	return append(after[:last:last], stop), nil
}

// elementAt is the scalar at a place of a vector.
func elementAt(f compute.Function, vector, place compute.Value) (compute.Value, error) {
	part, err := f.DynamicSlice(vector, []compute.Value{place}, []int{1})
	if err != nil {
		return nil, err
	}
	return f.Reshape(part)
}
