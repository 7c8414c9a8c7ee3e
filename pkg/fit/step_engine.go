package fit

import (
	"context"
	"fmt"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
)

// stepEngine executes one step at a time, on batches taken on the host: for backends that cannot loop.
type stepEngine struct {
	m                *Model
	data, validation dataset.Data
	validationBatch  int
	programs         map[string]*program // in use, by rows of the batch and whether the step is measured
}

// train implements engine.
func (e *stepEngine) train(ctx context.Context, o *order, rates []float32, from, to int, validate bool) (out outcome, err error) {
	began := time.Now()
	for step := from; step < to; step++ {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		record := make([]float32, e.m.columns())
		var readings []float32
		if o.measured[step] {
			readings = make([]float32, readingSize(e.m.readings))
		}
		if err := e.step(takeRows(e.data, o.of(step)), rates[step], record, readings); err != nil {
			return out, err
		}
		out.records = append(out.records, record...)
		out.readings = append(out.readings, readings...)
	}
	e.m.pace.took(time.Since(began), to-from, 0)
	if validate && e.validation.Rows() > 0 {
		out.validation, err = e.m.evaluate(ctx, e.validation, e.validationBatch)
	}
	return out, err
}

func (e *stepEngine) step(d dataset.Data, rate float32, record, readings []float32) error {
	program, err := e.program(d, len(readings) > 0)
	if err != nil {
		return err
	}
	if err := e.m.upload(); err != nil {
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
	e.m.state.torn = true
	results, err := program.Execute(all, e.m.state.donated(len(all)), 0)
	if err != nil {
		return fmt.Errorf("on %s: %w", e.m.backend.Name(), err)
	}
	n := len(e.m.state.vars)
	e.m.state.replace(results[:n:n])
	defer finalize(results[n:]...)
	if err := read(results[n], record); err != nil {
		return err
	}
	if len(readings) > 0 {
		if err := read(results[n+1], readings); err != nil {
			return err
		}
	}
	e.m.state.torn = false
	return nil
}

// program is that of a step on batches like d.
func (e *stepEngine) program(d dataset.Data, measured bool) (*program, error) {
	key := fmt.Sprint(d.Rows(), measured)
	if p := e.programs[key]; p != nil {
		return p, nil
	}
	p, err := e.m.programs.step(e.m, shapesOf(d), measured)
	if err != nil {
		return nil, err
	}
	if e.programs == nil {
		e.programs = map[string]*program{}
	}
	e.programs[key] = p
	return p, nil
}

// close implements engine.
func (e *stepEngine) close() {
	for _, p := range e.programs {
		p.release()
	}
	e.programs = nil
}

// compileStep makes a program of one training step. Inputs: the state; x…, y…[, weights], rate []. Results:
// the state, the record and, of a measured step, the readings.
func (m *Model) compileStep(b compute.Backend, d dataShapes, measured bool) (compute.Executable, error) {
	return compileGraph(b, "step", func(g *graph.Graph) []*graph.Node {
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
	return d.batch(in)
}
