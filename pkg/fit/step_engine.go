package fit

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
)

// stepEngine executes one step at a time, on batches taken on the host: for backends that cannot loop.
type stepEngine struct {
	m                *Model
	data, validation dataset.Data
}

// train implements engine.
func (e *stepEngine) train(o *order, rates []float32, from, to int, validate bool) (out outcome, err error) {
	for step := from; step < to; step++ {
		record := make([]float32, e.m.columns())
		var readings []float32
		if o.measured[step] {
			readings = make([]float32, readingSize(e.m.readings))
		}
		if err := e.step(takeRows(e.data, o.of(step)), rates[step], record, readings); err != nil {
			return outcome{}, err
		}
		out.records = append(out.records, record...)
		out.readings = append(out.readings, readings...)
	}
	if validate && e.validation.Rows() > 0 {
		out.validation, err = e.m.evaluate(e.validation)
	}
	return out, err
}

func (e *stepEngine) step(d dataset.Data, rate float32, record, readings []float32) error {
	program, err := e.m.programs.step(e.m, shapesOf(d), len(readings) > 0)
	if err != nil {
		return err
	}
	if err := e.m.state.upload(e.m.backend); err != nil {
		return err
	}
	inputs, err := e.m.uploadData(d)
	if err != nil {
		return err
	}
	rateBuffer, err := e.m.floats([]float32{rate})
	inputs = append(inputs, rateBuffer)
	defer finalize(inputs...)
	if err != nil {
		return err
	}
	all := append(append([]compute.Buffer(nil), e.m.state.buffers...), inputs...)
	results, err := program.Execute(all, e.m.state.donated(len(all)), 0)
	if err != nil {
		return err
	}
	n := len(e.m.state.vars)
	e.m.state.replace(results[:n:n])
	defer finalize(results[n:]...)
	if err := read(results[n], record); err != nil || len(readings) == 0 {
		return err
	}
	return read(results[n+1], readings)
}

// close implements engine.
func (e *stepEngine) close() {}

// compileStep makes a program of one training step. Inputs: the state; x, y[, weights], rate []. Results:
// the state, the record and, of a measured step, the readings.
func (m *Model) compileStep(d dataShapes, measured bool) (compute.Executable, error) {
	return compileGraph(m.backend, "step", func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		b := batchParameters(g, d)
		record, readings := m.trainStep(g, b, graph.Parameter(g, "rate", float32s()), measured)
		out := append(m.state.results(g), record)
		if readings != nil {
			out = append(out, readings)
		}
		return out
	})
}

func batchParameters(g *graph.Graph, d dataShapes) batch {
	in := parameters(g, "batch", d.shapes())
	b := batch{x: in[0], y: in[1]}
	if d.weighted {
		b.weight = in[2]
	}
	return b
}
