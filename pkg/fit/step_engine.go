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
func (e *stepEngine) train(o *order, rates []float32, from, to int, validate bool) (records, validation []float32, err error) {
	columns := e.m.columns()
	for step := from; step < to; step++ {
		record := make([]float32, columns)
		if err := e.step(takeRows(e.data, o.of(step)), rates[step], record); err != nil {
			return nil, nil, err
		}
		records = append(records, record...)
	}
	if validate && e.validation.Rows() > 0 {
		validation, err = e.m.evaluate(e.validation)
	}
	return records, validation, err
}

func (e *stepEngine) step(d dataset.Data, rate float32, record []float32) error {
	program, err := e.m.programs.step(e.m, shapesOf(d))
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
	n := len(results) - 1
	e.m.state.replace(results[:n:n])
	defer finalize(results[n])
	return results[n].ToFlatData(record)
}

// close implements engine.
func (e *stepEngine) close() {}

// compileStep makes a program of one training step. Inputs: the state; x, y[, weights], rate []. Results:
// the state, the record.
func (m *Model) compileStep(d dataShapes) (compute.Executable, error) {
	return compileGraph(m.backend, "step", func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		b := batchParameters(g, d)
		record := m.trainStep(g, b, graph.Parameter(g, "rate", float32s()))
		return append(m.state.results(g), record)
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
