package fit

import (
	"fmt"
	"slices"
	"time"

	"github.com/gomlx/compute"
)

// fusedGroup runs many steps of all lanes in one execution, as [fusedEngine] does for one.
type fusedGroup struct {
	g       *group
	m       *Model // the first, for its shapes
	shapes  fusedShapes
	program *program
	apart   bool // lanes have batch orders of their own

	data, evalData       dataBuffers
	records, evalRecords compute.Buffer
	orders               []*order // that are on the device, of each replica or of all
	rows, counts         compute.Buffer
}

func newFusedGroup(g *group) (*fusedGroup, error) {
	t := g.lanes[0].trainer
	m, validation := t.m, t.config.Validation
	e := &fusedGroup{g: g, m: m, apart: !g.oneOrder(), shapes: fusedShapes{
		capacity: t.capacity,
		batch:    t.config.BatchSize,
		padded:   t.rows%t.config.BatchSize != 0,
		columns:  m.columns(),
		records:  min(t.capacity, max(1, recordsBudget/m.columns()/g.width)),
		train:    shapesOf(t.data),
	}}
	if validation.Rows() > 0 {
		e.shapes.eval = m.evalShapes(validation, t.config.validationBatch)
	}
	if err := e.open(t); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// open compiles the program and brings the data to the device.
func (e *fusedGroup) open(t *trainer) (err error) {
	s, m := e.shapes, e.m
	along := append([]bool{true}, make([]bool, len(s.train.shapes()))...) // records, data
	along = append(along, e.apart, false, true, false, false)             // rows, counts, rates, start, stop
	if s.eval.batches > 0 {
		along = append(append(along, true), make([]bool, len(s.eval.data.shapes())+2)...)
	}
	n := len(m.state.vars)
	if e.program, err = e.g.compile("fused", s, n+1, along, func(b compute.Backend) (compute.Executable, error) { return m.compileFused(b, s) }); err != nil {
		return err
	}
	if e.data, err = m.uploadData(t.data); err != nil {
		return err
	}
	width := e.g.width
	if e.records, err = m.floats(make([]float32, width*s.records*s.columns), width, s.records, s.columns); err != nil {
		return err
	}
	if s.eval.batches == 0 {
		return nil
	}
	if e.evalData, err = m.uploadData(t.config.Validation); err != nil {
		return err
	}
	e.evalRecords, err = m.floats(make([]float32, width*s.eval.batches*s.eval.columns), width, s.eval.batches, s.eval.columns)
	return err
}

// train implements executor.
func (e *fusedGroup) train(from, to int, validate bool) ([]outcome, error) {
	if err := e.place(); err != nil {
		return nil, err
	}
	outcomes := make([]outcome, e.g.width)
	batches, evaluated := 0, 0
	if validate {
		batches = e.shapes.eval.batches
	}
	for at := from; at < to; {
		end := min(to, at+e.shapes.records)
		if end == to && e.g.pace.besides(batches) {
			evaluated = batches
		}
		if err := e.execute(at, end, 0, evaluated); err != nil {
			return nil, err
		}
		if err := e.read(at, end, outcomes); err != nil {
			return nil, err
		}
		at = end
	}
	for evaluated < batches {
		end := min(batches, evaluated+e.g.pace.batches())
		if err := e.execute(to, to, evaluated, end); err != nil {
			return nil, err
		}
		evaluated = end
	}
	if batches == 0 {
		return outcomes, nil
	}
	return outcomes, e.validation(outcomes)
}

// execute runs the steps from..to-1 and evaluates the batches evalFrom..evalTo-1 of the validation data.
func (e *fusedGroup) execute(from, to, evalFrom, evalTo int) (err error) {
	began := time.Now()
	var small []compute.Buffer // inputs of this call alone
	defer func() { finalize(small...) }()
	add := func(b compute.Buffer, failed error) compute.Buffer {
		if failed != nil && err == nil {
			err = failed
		}
		small = append(small, b)
		return b
	}
	s := e.shapes
	rates := add(e.m.floats(e.rates(), e.g.width, s.capacity))
	start, stop := add(e.m.ints([]int32{int32(from)})), add(e.m.ints([]int32{int32(to)}))
	n := len(e.g.stack.buffers)
	inputs := append(slices.Clone(e.g.stack.buffers), e.records)
	inputs = append(append(inputs, e.data...), e.rows, e.counts, rates, start, stop)
	evalIndex := len(inputs)
	if s.eval.batches > 0 {
		inputs = append(append(inputs, e.evalRecords), e.evalData...)
		inputs = append(inputs, add(e.m.ints([]int32{int32(evalFrom)})), add(e.m.ints([]int32{int32(evalTo)})))
	}
	if err != nil {
		return err
	}
	donate := make([]bool, len(inputs))
	for i := range n + 1 {
		donate[i] = true
	}
	if s.eval.batches > 0 {
		donate[evalIndex] = true
	}
	results, err := e.program.Execute(inputs, donate, 0)
	if err != nil {
		e.g.stack.replace(nil)
		e.records, e.evalRecords = nil, nil
		return fmt.Errorf("on %s: %w", e.m.backend.Name(), err)
	}
	e.g.stack.replace(results[:n:n])
	e.records = results[n]
	if s.eval.batches > 0 {
		e.evalRecords = results[n+1]
	}
	e.g.took(began, to-from, evalTo-evalFrom)
	return nil
}

// rates are those of each replica, [width, capacity].
func (e *fusedGroup) rates() []float32 {
	all := make([]float32, e.g.width*e.shapes.capacity)
	for _, l := range e.g.lanes {
		if r := l.request; !l.closed && r != nil {
			copy(all[l.at*e.shapes.capacity:], r.rates)
		}
	}
	return all
}

// read takes the records of steps into the lanes' outcomes.
func (e *fusedGroup) read(from, to int, outcomes []outcome) error {
	columns, kept := e.shapes.columns, e.shapes.records
	all := make([]float32, e.g.width*kept*columns)
	if err := read(e.records, all); err != nil {
		return err
	}
	for i := range e.g.lanes {
		own := all[i*kept*columns : (i+1)*kept*columns]
		for step := from; step < to; step++ {
			slot := step % kept
			outcomes[i].records = append(outcomes[i].records, own[slot*columns:(slot+1)*columns]...)
		}
	}
	return nil
}

// validation takes the sums over the validation data into the lanes' outcomes.
func (e *fusedGroup) validation(outcomes []outcome) error {
	ev := e.shapes.eval
	size := ev.batches * ev.columns
	all := make([]float32, e.g.width*size)
	if err := read(e.evalRecords, all); err != nil {
		return err
	}
	for i := range e.g.lanes {
		sums := make([]float64, ev.columns)
		for k, v := range all[i*size : (i+1)*size] {
			sums[k%ev.columns] += float64(v)
		}
		outcomes[i].validation = sums
	}
	return nil
}

// place brings the batch orders to the device, once for each.
func (e *fusedGroup) place() (err error) {
	orders := e.g.ordersAtHand(e.apart)
	if slices.Equal(orders, e.orders) {
		return nil
	}
	finalize(e.rows, e.counts)
	e.rows, e.counts, e.orders = nil, nil, nil
	rows, dims := orders[0].rows, []int{e.shapes.capacity, e.shapes.batch}
	if e.apart {
		rows, dims = nil, append([]int{e.g.width}, dims...)
		for _, o := range orders {
			rows = append(rows, o.rows...)
		}
	}
	if e.rows, err = e.m.ints(rows, dims...); err != nil {
		return err
	}
	if e.counts, err = e.m.ints(orders[0].counts, e.shapes.capacity); err != nil {
		return err
	}
	e.orders = orders
	return nil
}

// ordersAtHand are the batch orders that the lanes ask for: of each replica, or one that is all's.
func (g *group) ordersAtHand(apart bool) []*order {
	var some *order
	for _, l := range g.lanes {
		if !l.closed && l.request != nil {
			some = l.request.order
			break
		}
	}
	if !apart {
		return []*order{some}
	}
	orders := slices.Repeat([]*order{some}, g.width)
	for i, l := range g.lanes {
		if !l.closed && l.request != nil {
			orders[i] = l.request.order
		}
	}
	return orders
}

// close implements executor.
func (e *fusedGroup) close() {
	finalize(e.data...)
	finalize(e.evalData...)
	finalize(e.records, e.evalRecords, e.rows, e.counts)
	e.program.release()
}
