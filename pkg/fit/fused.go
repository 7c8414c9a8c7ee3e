package fit

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// fusedShapes is what a fused program is compiled for.
type fusedShapes struct {
	capacity int  // steps that one upload of batch orders holds
	batch    int  // rows of a batch
	padded   bool // whether some batches are smaller and masked
	columns  int  // length of a step's record
	records  int  // steps whose records are kept, at most capacity
	measure  measureShapes
	train    dataShapes
	eval     evalShapes
}

// dataShapes are the shapes of a set of examples on the device.
type dataShapes struct {
	xs, ys   [][]int // of every input and every output
	weighted bool
}

// rows is the number of examples.
func (d dataShapes) rows() int { return d.xs[0][0] }

// axes are those of every input, then those of every output.
func (d dataShapes) axes() [][]int { return slices.Concat(d.xs, d.ys) }

// withRows is that of another number of examples.
func (d dataShapes) withRows(n int) dataShapes {
	with := func(all [][]int) [][]int {
		changed := make([][]int, len(all))
		for i, shape := range all {
			changed[i] = append([]int{n}, shape[1:]...)
		}
		return changed
	}
	return dataShapes{xs: with(d.xs), ys: with(d.ys), weighted: d.weighted}
}

// evalShapes are those of the validation data; zero: none.
type evalShapes struct {
	data           dataShapes
	batch, batches int
	columns        int
	together       int  // see batch
	shared         bool // every batch is shared out over several devices
}

func (d dataShapes) shapes() []shapes.Shape {
	var all []shapes.Shape
	for _, axes := range d.axes() {
		all = append(all, float32s(axes...))
	}
	if d.weighted {
		all = append(all, float32s(d.rows()))
	}
	return all
}

// batch gives their parts to the nodes of examples of these shapes.
func (d dataShapes) batch(nodes []*graph.Node) batch {
	n, k := len(d.xs), len(d.xs)+len(d.ys)
	b := batch{xs: nodes[:n:n], ys: nodes[n:k:k]}
	if d.weighted {
		b.weight = nodes[k]
	}
	return b
}

// trainShapes are the parameters of the training loop that follow the model's state.
func (s fusedShapes) trainShapes() []shapes.Shape {
	all := []shapes.Shape{float32s(s.records, s.columns)}
	all = append(all, s.measure.shapes(s.capacity)...)
	all = append(all, s.train.shapes()...)
	return append(all, int32s(s.capacity, s.batch), int32s(s.capacity), float32s(s.capacity), int32s(), int32s())
}

// rowsAt is the place among trainShapes of the rows of all batches.
func (s fusedShapes) rowsAt() int { return len(s.trainShapes()) - 5 }

// evalShapes are the parameters of the validation loop that follow the model's state.
func (e evalShapes) shapes() []shapes.Shape {
	all := append([]shapes.Shape{float32s(e.batches, e.columns)}, e.data.shapes()...)
	if e.shared {
		all = append(all, int32s(e.batch))
	}
	return append(all, int32s(), int32s())
}

// compileFused makes one program of two loops: training steps start..stop of the uploaded batch orders,
// then validation batches start..stop.
//
// Inputs: the state; records[, readings, next, slot], x…, y…[, weights], rows [capacity, batch], counts,
// rates, start, stop; then, with validation, records, x…, y…[, weights][, places], start, stop. Results: the state, the
// training records, the readings and the validation records.
func (m *Model) compileFused(b compute.Backend, s fusedShapes) (compute.Executable, error) {
	builder := b.Builder("training")
	main := builder.Main()
	stateShapes, trainShapes := m.state.shapes(), s.trainShapes()
	inputs := slices.Concat(stateShapes, trainShapes)
	if s.eval.batches > 0 {
		inputs = append(inputs, s.eval.shapes()...)
	}
	values, err := m.sharedParameters(builder, s, inputs)
	if err != nil {
		return nil, err
	}
	n, k := len(stateShapes), len(stateShapes)+len(trainShapes)
	after, err := m.trainLoop(b, builder, main, values[:k], s)
	if err != nil {
		return nil, err
	}
	results := after[:n+1]
	if s.measure.numbers > 0 {
		results = after[:n+2]
	}
	if s.eval.batches > 0 {
		state := append(slices.Clone(after[:n]), values[k:]...)
		evaluated, err := loop(b, builder, main, "evaluation", state, func(g *graph.Graph) []*graph.Node {
			return m.evalBody(g, s.eval)
		})
		if err != nil {
			return nil, err
		}
		results = append(slices.Clone(results), evaluated[n])
	}
	if err := finishShared(builder, results); err != nil {
		return nil, err
	}
	return builder.Compile()
}

// trainBody is the body of the training loop: take a batch, do the step, write its record and, of a measured
// step, what the probes read.
func (m *Model) trainBody(g *graph.Graph, s fusedShapes, measured bool) []*graph.Node {
	m.state.parameters(g)
	in := parameters(g, "train", s.trainShapes())
	records, in := in[0], in[1:]
	var measuring []*graph.Node // readings, next, slot
	if s.measure.numbers > 0 {
		measuring, in = in[:3], in[3:]
	}
	size := len(s.train.shapes())
	data, in := in[:size:size], in[size:]
	rows, counts, rates, step, stop := in[0], in[1], in[2], in[3], in[4]

	zero := graph.Const(g, int32(0))
	order := graph.Reshape(graph.DynamicSlice(rows, []*graph.Node{step, zero}, []int{1, s.batch}), s.batch, 1)
	rate := graph.Reshape(graph.DynamicSlice(rates, []*graph.Node{step}, []int{1}))
	b := s.train.batch(data).gather(order)
	if s.padded {
		count := graph.DynamicSlice(counts, []*graph.Node{step}, []int{1})
		b.mask = firstRows(g, s.batch, count)
		b.count = graph.ConvertDType(graph.Reshape(count), dtypes.Float32)
	}
	record, readings := m.trainStep(g, b, rate, measured)
	slot := step
	if s.records < s.capacity {
		slot = graph.Mod(step, graph.Const(g, int32(s.records)))
	}
	records = graph.DynamicUpdateSlice(records, graph.Reshape(record, 1, -1), []*graph.Node{slot, zero})
	if readings != nil {
		slot := measuring[2]
		measuring[0] = graph.DynamicUpdateSlice(measuring[0], graph.Reshape(readings, 1, -1), []*graph.Node{slot, zero})
		measuring[2] = graph.AddScalar(slot, 1)
	}

	out := append(m.state.results(g), records)
	out = append(append(out, measuring...), data...)
	return append(out, rows, counts, rates, graph.AddScalar(step, 1), stop)
}

// evalBody is the body of the validation loop.
func (m *Model) evalBody(g *graph.Graph, e evalShapes) []*graph.Node {
	m.state.parameters(g)
	in := parameters(g, "eval", e.shapes())
	records, carried, step, stop := in[0], in[1:len(in)-2], in[len(in)-2], in[len(in)-1]
	zero := graph.Const(g, int32(0))
	b := e.data.batch(carried)
	switch {
	case e.shared:
		b = takeInOrder(g, b, e, step, carried[len(carried)-1])
	case e.batches > 1:
		b = takeInOrder(g, b, e, step, graph.Iota(g, int32s(e.batch), 0))
	default:
		b = b.onlyIn(graph.LessThan(step, stop))
	}
	b.together = e.together
	record := graph.Reshape(m.evalStep(g, b), 1, -1)
	records = graph.DynamicUpdateSlice(records, record, []*graph.Node{step, zero})
	out := append(m.state.results(g), records)
	out = append(out, carried...)
	return append(out, graph.AddScalar(step, 1), stop)
}

// onlyIn is the batch, bound to the loop that here is true in. XLA takes out of a loop what is the same in all its rounds, and computes
// it even where there are none: of validation data in a single batch that is the whole evaluation, for every few training steps.
func (b batch) onlyIn(here *graph.Node) batch {
	bound := func(n *graph.Node) *graph.Node { return graph.Where(here, n, graph.ZerosLike(n)) }
	all := func(nodes []*graph.Node) []*graph.Node {
		taken := make([]*graph.Node, len(nodes))
		for i, n := range nodes {
			taken[i] = bound(n)
		}
		return taken
	}
	b.xs, b.ys = all(b.xs), all(b.ys)
	if b.weight != nil {
		b.weight = bound(b.weight)
	}
	return b
}

// takeInOrder takes batch number step of data that is too large for one batch, given the places 0, 1, 2, … within one; the last
// may reach beyond the data, where the last row stands in, masked.
func takeInOrder(g *graph.Graph, data batch, e evalShapes, step, places *graph.Node) batch {
	total := e.data.rows()
	first := graph.MulScalar(step, e.batch)
	index := graph.Add(places, first)
	index = graph.Min(index, graph.Const(g, int32(total-1)))
	index = graph.Reshape(index, e.batch, 1)
	b := data.gather(index)
	if e.batch*e.batches != total {
		left := graph.Sub(graph.Const(g, int32(total)), first)
		b.mask = firstRows(g, e.batch, graph.Reshape(left, 1))
		b.count = graph.ReduceAllSum(b.mask)
	}
	return b
}

// firstRows is a mask [size] of float32: 1 for the first count rows; count has shape [1].
func firstRows(g *graph.Graph, size int, count *graph.Node) *graph.Node {
	index := graph.Iota(g, int32s(size), 0)
	return graph.ConvertDType(graph.LessThan(index, graph.BroadcastToDims(count, size)), dtypes.Float32)
}
