package fit

import (
	"context"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// chunkedEngine trains on data that is not to be on the device as a whole: it brings the rows of a few
// steps there at a time, in the order they are needed, and runs those steps in one execution. Validation
// data is evaluated in parts too. The numbers are those of [fusedEngine].
type chunkedEngine struct {
	m               *Model
	fused           *fusedEngine // works on one chunk as if it were all the data
	chunk           int          // steps in a chunk
	data            dataset.Data
	validation      dataset.Data
	validationBatch int
	host            dataset.Data // rows on their way to the device, in memory that every chunk uses; the device's where it can be shared
}

// newChunkedEngine makes chunks of as many steps as fit into limit bytes, at least one.
func newChunkedEngine(m *Model, train dataset.Data, c Config, limit int64) (*chunkedEngine, error) {
	batchSize := c.BatchSize
	steps := int(max(1, limit/(byteSize(train)/int64(train.Rows())*int64(batchSize))))
	e := &chunkedEngine{m: m, chunk: min(steps, stepsPerEpoch(train.Rows(), batchSize)), data: train, validation: c.Validation, validationBatch: c.validationBatch}
	room := shapesOf(train).withRows(e.chunk * batchSize)
	var onDevice dataBuffers
	var err error
	if m.backend.HasSharedBuffers() {
		e.host, onDevice, err = m.sharedData(room)
	} else {
		e.host = hostData(room)
	}
	if err != nil {
		return nil, err
	}
	e.fused, err = newFusedEngine(m, e.host, onDevice, Config{BatchSize: batchSize}, e.chunk, train.Rows()%batchSize != 0)
	return e, err
}

// train implements engine.
func (e *chunkedEngine) train(ctx context.Context, o *order, rates []float32, from, to int, validate bool) (out outcome, err error) {
	parts := (to - from + e.chunk - 1) / e.chunk // as equal as can be: an execution costs as much as a step
	for i := range parts {
		part, err := e.steps(ctx, o, rates, from+i*(to-from)/parts, from+(i+1)*(to-from)/parts)
		out.records = append(out.records, part.records...)
		out.readings = append(out.readings, part.readings...)
		if err != nil {
			return out, err
		}
	}
	if validate && e.validation.Rows() > 0 {
		out.validation, err = e.m.evaluate(ctx, e.validation, e.validationBatch)
	}
	return out, err
}

// steps brings the rows of the steps at..end-1 to the device and runs them. There the rows lie in the order
// of use.
func (e *chunkedEngine) steps(ctx context.Context, o *order, rates []float32, at, end int) (outcome, error) {
	if err := ctx.Err(); err != nil {
		return outcome{}, err
	}
	copyRows(e.host, e.data, o.rows[at*o.batch:end*o.batch])
	if !e.m.backend.HasSharedBuffers() {
		if err := e.fused.replaceData(e.host); err != nil {
			return outcome{}, err
		}
	}
	local := &order{batch: o.batch, rows: make([]int32, e.chunk*o.batch), counts: make([]int32, e.chunk), steps: end - at, measured: make([]bool, e.chunk)}
	for i := range local.rows {
		local.rows[i] = int32(i)
	}
	copy(local.counts, o.counts[at:end])
	copy(local.measured, o.measured[at:end])
	localRates := make([]float32, e.chunk)
	copy(localRates, rates[at:end])
	return e.fused.train(ctx, local, localRates, 0, end-at, false)
}

// close implements engine.
func (e *chunkedEngine) close() { e.fused.close() }

// byteSize is what the values of d take on the device.
func byteSize(d dataset.Data) int64 {
	values := len(d.SampleWeight)
	for _, a := range slices.Concat(d.Inputs(), d.Outputs()) {
		values += len(a.Values)
	}
	return 4 * int64(values)
}
