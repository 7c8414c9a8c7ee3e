package fit

import (
	"fmt"
	"slices"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"

	"example.com/unstuck/pkg/dataset"
)

// stepGroup executes one step of all lanes at a time, as [stepEngine] does for one.
type stepGroup struct {
	g        *group
	m        *Model
	data     dataset.Data
	held     dataset.Data // validation data
	batch    int          // of the validation
	apart    bool         // lanes have batch orders of their own
	programs map[string]*program
}

// newStepGroup compiles the step of a whole batch, so that what can't be done is known.
func newStepGroup(g *group) (*stepGroup, error) {
	t := g.lanes[0].trainer
	e := &stepGroup{
		g: g, m: t.m, data: t.data, held: t.config.Validation, batch: t.config.validationBatch,
		apart: !g.oneOrder(), programs: map[string]*program{},
	}
	if _, err := e.step(shapesOf(t.data).withRows(min(t.rows, t.config.BatchSize))); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// step is the program of a step on batches of these shapes.
func (e *stepGroup) step(d dataShapes) (*program, error) {
	along := append(slices.Repeat([]bool{e.apart}, len(d.shapes())), true) // x…, y…[, weights], rate
	return e.known(fmt.Sprint("step ", d), func() (*program, error) {
		return e.g.compile("step", d, len(e.m.state.vars), along, func(b compute.Backend) (compute.Executable, error) { return e.m.compileStep(b, d, false) })
	})
}

// evaluation is the program that evaluates a batch of these shapes.
func (e *stepGroup) evaluation(d dataShapes, together int) (*program, error) {
	return e.known(fmt.Sprint("evaluation ", d), func() (*program, error) {
		return e.g.compile(fmt.Sprint("evaluation ", together), d, 0, nil, func(b compute.Backend) (compute.Executable, error) { return e.m.compileEval(b, d, together) })
	})
}

func (e *stepGroup) known(key string, compile func() (*program, error)) (*program, error) {
	if p := e.programs[key]; p != nil {
		return p, nil
	}
	p, err := compile()
	if err == nil {
		e.programs[key] = p
	}
	return p, err
}

// train implements executor.
func (e *stepGroup) train(from, to int, validate bool) ([]outcome, error) {
	began := time.Now()
	outcomes := make([]outcome, e.g.width)
	for step := from; step < to; step++ {
		if err := e.one(step, outcomes); err != nil {
			return nil, err
		}
	}
	e.g.took(began, to-from, 0)
	if !validate || e.held.Rows() == 0 {
		return outcomes, nil
	}
	return outcomes, e.evaluate(outcomes)
}

// one does one step.
func (e *stepGroup) one(step int, outcomes []outcome) error {
	orders := e.g.ordersAtHand(e.apart)
	size := shapesOf(e.data).withRows(len(orders[0].of(step)))
	program, err := e.step(size)
	if err != nil {
		return err
	}
	inputs, err := e.upload(size, orders, step)
	if err != nil {
		return err
	}
	defer func() { finalize(inputs...) }()
	rates := make([]float32, e.g.width)
	for i, l := range e.g.lanes {
		if !l.closed && l.request != nil {
			rates[i] = l.request.rates[step]
		}
	}
	rate, err := e.m.floats(rates, e.g.width)
	if err != nil {
		return err
	}
	inputs = append(inputs, rate)
	n := len(e.g.stack.buffers)
	all := append(slices.Clone(e.g.stack.buffers), inputs...)
	donate := make([]bool, len(all))
	for i := range n {
		donate[i] = true
	}
	results, err := program.Execute(all, donate, 0)
	if err != nil {
		e.g.stack.replace(nil)
		return fmt.Errorf("on %s: %w", e.m.backend.Name(), err)
	}
	e.g.stack.replace(results[:n:n])
	defer finalize(results[n])
	columns := e.m.columns()
	records := make([]float32, e.g.width*columns)
	if err := read(results[n], records); err != nil {
		return err
	}
	for i := range e.g.lanes {
		outcomes[i].records = append(outcomes[i].records, records[i*columns:(i+1)*columns]...)
	}
	return nil
}

// upload brings the batches of a step to the device, one behind the other where they differ.
func (e *stepGroup) upload(size dataShapes, orders []*order, step int) (dataBuffers, error) {
	if !e.apart {
		return e.m.uploadData(takeRows(e.data, orders[0].of(step)))
	}
	wide := make([]shapes.Shape, 0, len(size.shapes()))
	for _, s := range size.shapes() {
		wide = append(wide, e.g.wide(s, true))
	}
	arrays := make([]dataset.Array, len(wide))
	for i, s := range wide {
		arrays[i] = dataset.Array{Shape: s.Dimensions, Values: make([]float32, 0, s.Size())}
	}
	for _, o := range orders {
		rows := takeRows(e.data, o.of(step))
		parts := slices.Concat(rows.Inputs(), rows.Outputs())
		if rows.SampleWeight != nil {
			parts = append(parts, dataset.Array{Values: rows.SampleWeight})
		}
		for i, p := range parts {
			arrays[i].Values = append(arrays[i].Values, p.Values...)
		}
	}
	return e.m.uploadArrays(arrays)
}

// evaluate takes the sums over the validation data into the lanes' outcomes.
func (e *stepGroup) evaluate(outcomes []outcome) error {
	columns, together := e.m.columns(), e.m.together(e.batch)
	for i := range e.g.lanes {
		outcomes[i].validation = make([]float64, columns)
	}
	for from, n := 0, evalRows(together); from < e.held.Rows(); from += n {
		d := e.held.Range(from, min(from+n, e.held.Rows()))
		program, err := e.evaluation(shapesOf(d), together)
		if err != nil {
			return err
		}
		if err := e.evaluateBatch(program, d, outcomes); err != nil {
			return err
		}
	}
	return nil
}

func (e *stepGroup) evaluateBatch(program *program, d dataset.Data, outcomes []outcome) error {
	inputs, err := e.m.uploadData(d)
	if err != nil {
		return err
	}
	defer finalize(inputs...)
	all := append(slices.Clone(e.g.stack.buffers), inputs...)
	results, err := program.Execute(all, make([]bool, len(all)), 0)
	if err != nil {
		return fmt.Errorf("on %s: %w", e.m.backend.Name(), err)
	}
	defer finalize(results...)
	columns := e.m.columns()
	sums := make([]float32, e.g.width*columns)
	if err := read(results[0], sums); err != nil {
		return err
	}
	for i := range e.g.lanes {
		for k, v := range sums[i*columns : (i+1)*columns] {
			outcomes[i].validation[k] += float64(v)
		}
	}
	return nil
}

// close implements executor.
func (e *stepGroup) close() {
	for _, p := range e.programs {
		p.release()
	}
	e.programs = nil
}
