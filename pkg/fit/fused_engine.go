package fit

import (
	"context"
	"fmt"
	"time"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// fusedEngine runs many steps in one execution: the data stays on the device.
type fusedEngine struct {
	m       *Model
	shapes  fusedShapes
	program *program

	data, evalData       dataBuffers // evalData ends with the places in a batch where that is shared out
	records, evalRecords compute.Buffer
	readings             compute.Buffer // nil: without probes
	order                *order         // whose rows and counts are on the device
	rows, counts         compute.Buffer
	next                 compute.Buffer // nil: without probes
}

// newFusedEngine compiles for this data, which is already there in onDevice or else is copied; padded says that
// some batches are smaller than the others. The engine owns what is on the device.
func newFusedEngine(m *Model, train dataset.Data, onDevice dataBuffers, c Config, capacity int, padded bool) (*fusedEngine, error) {
	validation := c.Validation
	e := &fusedEngine{m: m, data: onDevice, shapes: fusedShapes{
		capacity: capacity,
		batch:    c.BatchSize,
		padded:   padded,
		columns:  m.columns(),
		records:  min(capacity, max(1, recordsBudget/m.columns())),
		measure:  m.measureShapes(capacity),
		train:    shapesOf(train),
	}}
	if validation.Rows() > 0 {
		e.shapes.eval = m.evalShapes(validation, c.validationBatch)
	}
	if err := e.open(train, validation); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// evalShapes is how validation data is evaluated, in batches of as many rows where that makes a difference.
func (m *Model) evalShapes(validation dataset.Data, batch int) evalShapes {
	together := m.together(batch)
	size, shared := m.shareEvaluation(min(validation.Rows(), evalRows(together)), together)
	return evalShapes{
		data:     shapesOf(validation),
		batch:    size,
		batches:  stepsPerEpoch(validation.Rows(), size),
		columns:  m.columns(),
		together: together,
		shared:   shared,
	}
}

// open compiles the program and brings the data to the device.
func (e *fusedEngine) open(train, validation dataset.Data) (err error) {
	m, s := e.m, e.shapes
	if e.program, err = m.programs.fused(m, s); err != nil {
		return err
	}
	if e.data == nil {
		if e.data, err = m.uploadData(train); err != nil {
			return err
		}
	}
	if e.records, err = m.floats(make([]float32, s.records*s.columns), s.records, s.columns); err != nil {
		return err
	}
	if n := s.measure; n.numbers > 0 {
		if e.readings, err = m.floats(make([]float32, n.slots*n.numbers), n.slots, n.numbers); err != nil {
			return err
		}
	}
	if s.eval.batches == 0 {
		return nil
	}
	if e.evalData, err = m.uploadData(validation); err != nil {
		return err
	}
	if s.eval.shared {
		places, err := m.ints(upTo(s.eval.batch), s.eval.batch)
		if err != nil {
			return err
		}
		e.evalData = append(e.evalData, places)
	}
	e.evalRecords, err = m.floats(make([]float32, s.eval.batches*s.eval.columns), s.eval.batches, s.eval.columns)
	return err
}

// recordsBudget is how many numbers of steps' records are kept on the device, roughly: AUC has 402 a step.
const recordsBudget = 1 << 20

// train implements engine. It takes more than one execution where there are more readings or records than slots, or so much
// validation data that a cancel would have to wait.
func (e *fusedEngine) train(ctx context.Context, o *order, rates []float32, from, to int, validate bool) (out outcome, err error) {
	if err := e.place(o); err != nil {
		return outcome{}, err
	}
	batches := 0 // of the validation data, still to be evaluated behind the steps
	if validate {
		batches = e.shapes.eval.batches
	}
	evaluated := 0
	for at := from; at < to; {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		end, measured := min(to, at+e.shapes.records), 0
		if e.readings != nil {
			end, measured = o.upTo(e.shapes.measure.slots, at, min(to, at+e.shapes.records))
		}
		if end == to && e.m.pace.besides(batches) {
			evaluated = batches
		}
		part, err := e.execute(rates, at, end, measured, 0, evaluated)
		if err != nil {
			return out, err
		}
		out.records = append(out.records, part.records...)
		out.readings = append(out.readings, part.readings...)
		at = end
	}
	for evaluated < batches {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		end := min(batches, evaluated+e.m.pace.batches())
		if _, err := e.execute(rates, to, to, 0, evaluated, end); err != nil {
			return out, err
		}
		evaluated = end
	}
	if batches > 0 {
		out.validation, err = e.validation()
	}
	return out, err
}

// execute runs the steps from..to-1 of the order on the device, some of which are measured, and evaluates the batches
// evalFrom..evalTo-1 of the validation data.
func (e *fusedEngine) execute(rates []float32, from, to, measured, evalFrom, evalTo int) (out outcome, err error) {
	if err := e.m.upload(); err != nil {
		return outcome{}, err
	}
	began := time.Now()
	var small []compute.Buffer // inputs of this call alone
	defer func() { finalize(small...) }()
	add := func(b compute.Buffer, e error) compute.Buffer {
		if e != nil && err == nil {
			err = e
		}
		small = append(small, b)
		return b
	}
	rateBuffer := add(e.m.floats(rates, e.shapes.capacity))
	first, stop := add(e.m.ints([]int32{int32(from)})), add(e.m.ints([]int32{int32(to)}))

	inputs := append([]compute.Buffer(nil), e.m.state.buffers...)
	inputs = append(inputs, e.records)
	if e.readings != nil {
		inputs = append(inputs, e.readings, e.next, add(e.m.ints([]int32{0})))
	}
	inputs = append(inputs, e.data...)
	inputs = append(inputs, e.rows, e.counts, rateBuffer, first, stop)
	ev := e.shapes.eval
	evalIndex := len(inputs)
	if ev.batches > 0 {
		inputs = append(inputs, e.evalRecords)
		inputs = append(inputs, e.evalData...)
		inputs = append(inputs, add(e.m.ints([]int32{int32(evalFrom)})), add(e.m.ints([]int32{int32(evalTo)})))
	}
	if err != nil {
		return outcome{}, err
	}
	n := len(e.m.state.buffers)
	donate := e.m.state.donated(len(inputs))
	donate[n] = true
	donate[n+1] = e.readings != nil
	if ev.batches > 0 {
		donate[evalIndex] = true
	}
	e.m.state.torn = true
	results, err := e.program.Execute(inputs, donate, 0)
	if err != nil {
		e.records, e.readings, e.evalRecords = nil, nil, nil // given away like the state
		return outcome{}, fmt.Errorf("on %s: %w", e.m.backend.Name(), err)
	}
	e.m.state.replace(results[:n:n])
	e.records, results = results[n], results[n+1:]
	if e.readings != nil {
		e.readings, results = results[0], results[1:]
	}
	if ev.batches > 0 {
		e.evalRecords = results[0]
	}
	if out, err = e.outcome(from, to, measured); err != nil {
		return outcome{}, err
	}
	e.m.state.torn = false
	e.m.pace.took(time.Since(began), to-from, evalTo-evalFrom)
	return out, nil
}

// outcome brings what an execution gave to the host.
func (e *fusedEngine) outcome(from, to, measured int) (out outcome, err error) {
	if from == to {
		return outcome{}, nil
	}
	columns := e.shapes.columns
	all := make([]float32, e.shapes.records*columns)
	if err := read(e.records, all); err != nil {
		return outcome{}, err
	}
	for step := from; step < to; step++ {
		slot := step % e.shapes.records
		out.records = append(out.records, all[slot*columns:(slot+1)*columns]...)
	}
	if measured > 0 {
		all := make([]float32, e.shapes.measure.slots*e.shapes.measure.numbers)
		if err := read(e.readings, all); err != nil {
			return outcome{}, err
		}
		out.readings = all[:measured*e.shapes.measure.numbers]
	}
	return out, nil
}

// validation brings the sums over the validation data to the host, all of whose batches have been evaluated.
func (e *fusedEngine) validation() ([]float64, error) {
	ev := e.shapes.eval
	all := make([]float32, ev.batches*ev.columns)
	if err := read(e.evalRecords, all); err != nil {
		return nil, err
	}
	sums := make([]float64, ev.columns)
	for i, v := range all {
		sums[i%ev.columns] += float64(v)
	}
	return sums, nil
}

// replaceData puts other examples of the same shape in place of those on the device.
func (e *fusedEngine) replaceData(d dataset.Data) error {
	finalize(e.data...) // first: both would not fit
	var err error
	e.data, err = e.m.uploadData(d)
	return err
}

// place brings the batch order to the device, once for each order.
func (e *fusedEngine) place(o *order) (err error) {
	if e.order == o {
		return nil
	}
	finalize(e.rows, e.counts, e.next)
	e.rows, e.counts, e.next = nil, nil, nil
	if e.rows, err = e.m.ints(o.rows, e.shapes.capacity, e.shapes.batch); err != nil {
		return err
	}
	if e.counts, err = e.m.ints(o.counts, e.shapes.capacity); err != nil {
		return err
	}
	if e.readings != nil {
		if e.next, err = e.m.ints(o.nextMeasured(), e.shapes.capacity); err != nil {
			return err
		}
	}
	e.order = o
	return nil
}

// close implements engine.
func (e *fusedEngine) close() {
	finalize(e.data...)
	finalize(e.evalData...)
	finalize(e.records, e.evalRecords, e.readings, e.rows, e.counts, e.next)
	e.program.release()
}
