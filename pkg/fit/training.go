package fit

import (
	"context"
	"errors"
	"math"
	"time"

	"example.com/unstuck/pkg/dataset"
)

// training is one call of Fit.
type training struct {
	m        *Model
	config   Config
	data     dataset.Data
	rows     int // of the training data
	steps    int // of an epoch
	capacity int // steps of a segment
	engine   engine
	history  *History
	view     Run
	ownRate  func(step int) float64
	rate     float64      // set by a callback; NaN: the optimizer's own
	sums     weightedSums // of the epoch at hand
	perStep  time.Duration
	began    time.Time // of the epoch at hand
	settings trainingSettings
	done     span // the last execution

}

// span is the steps of one execution.
type span struct {
	order    *order
	rates    []float32
	from, to int
}

// run trains epoch after epoch, telling the callbacks.
func (t *training) run(ctx context.Context) (err error) {
	saved, err := t.resume()
	if err != nil {
		return err
	}
	defer func() {
		e := tell(t, func(c Ender) error { return c.End(&t.view) })
		if e != nil && (err == nil || errors.Is(err, Stop)) {
			err = e
		}
	}()
	if err := tell(t, func(c Beginner) error { return c.Begin(&t.view) }); err != nil {
		return err
	}
	if err := t.goOn(saved); err != nil {
		return err
	}
	t.began = time.Now()
	for t.view.Epoch < t.config.Epochs {
		epochs := min(t.capacity/t.steps, t.config.Epochs-t.view.Epoch)
		o := newOrder(t.rows, t.config.BatchSize, t.capacity, t.m.epochs, epochs, !t.config.KeepOrder, t.m.options.Seed)
		if len(t.m.readings) > 0 {
			o.measure(t.m.probeEvery(), len(t.history.Steps))
		}
		if err := t.segment(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// segment runs the steps of one batch order, in slices.
func (t *training) segment(ctx context.Context, o *order) error {
	look := t.config.Validation.Rows() > 0 || anyOf[EpochEnder](t.config.Callbacks) || t.config.Checkpoint.Path != ""
	for at := 0; at < o.steps; {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := o.steps
		if look {
			end = at + t.steps - at%t.steps
		}
		end = min(end, at+t.sliceSteps())
		began := time.Now()
		validate := end%t.steps == 0
		rates := t.rates(o, at, end)
		t.done = span{order: o, rates: rates, from: at, to: end}
		out, err := t.engine.train(o, rates, at, end, validate)
		if err != nil {
			return err
		}
		t.measure(time.Since(began), end-at)
		if err := t.digest(o, at, end, out); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// sliceSteps is how many steps the next execution may take.
func (t *training) sliceSteps() int {
	if _, single := t.engine.(*stepEngine); single && t.perStep <= 0 {
		return 1 // it gains nothing from more
	}
	if t.perStep <= 0 {
		return firstSteps
	}
	return max(1, int(slice/t.perStep))
}

// firstSteps is the size of the first execution, whose time is still unknown.
const firstSteps = 16

func (t *training) measure(took time.Duration, steps int) {
	t.perStep = took/time.Duration(steps) + 1
	t.m.pace = pace{batch: t.config.BatchSize, perStep: t.perStep}
}

// rates are the learning rates of the steps from..to-1, in place.
func (t *training) rates(o *order, from, to int) []float32 {
	rates := make([]float32, t.capacity)
	for step := from; step < to; step++ {
		rates[step] = float32(t.learningRate(t.m.steps + step - from))
	}
	return rates
}

// learningRate is that of a step, counted from 0 over the life of the model.
func (t *training) learningRate(step int) float64 {
	if !math.IsNaN(t.rate) {
		return t.rate
	}
	return t.ownRate(step)
}

// digest takes what an execution gave into the History and tells the callbacks.
func (t *training) digest(o *order, from, to int, out outcome) error {
	columns, readings := t.m.columns(), out.readings
	numbers := readingSize(t.m.readings)
	for step := from; step < to; step++ {
		record := out.records[(step-from)*columns : (step-from+1)*columns]
		rate := t.learningRate(t.m.steps)
		t.sums.add(record, int(o.counts[step]))
		if o.measured[step] {
			t.history.read(t.m.readings, readings[:numbers])
			readings = readings[numbers:]
		}
		t.history.Steps = append(t.history.Steps, record[0])
		t.m.steps++
		t.view.Step++
		if t.view.Step == t.steps {
			t.endEpoch(rate, out.validation)
			err := tell(t, func(c EpochEnder) error { return c.EpochEnd(&t.view) })
			if err := t.keep(err); err != nil {
				return err
			}
		}
	}
	return tell(t, func(c Ticker) error { return c.Tick(&t.view) })
}

// endEpoch closes the epoch at hand.
func (t *training) endEpoch(rate float64, validation []float32) {
	means := t.sums.means()
	t.m.epochs++
	now := time.Now()
	e := Epoch{
		Number:       t.m.epochs,
		Loss:         means[0],
		LearningRate: rate,
		Metrics:      t.m.metricValues(means[1:]),
		Duration:     now.Sub(t.began),
	}
	if validation != nil {
		all := asFloat64(validation)
		e.Validation = &Result{Loss: all[0], Metrics: t.m.metricValues(all[1:])}
	}
	t.history.Epochs = append(t.history.Epochs, e)
	t.sums = weightedSums{}
	t.view.Epoch++
	t.view.Step = 0
	t.began = now
}

// weightedSums averages records over rows.
type weightedSums struct {
	sums []float64
	rows int
}

func (w *weightedSums) add(record []float32, rows int) {
	if w.sums == nil {
		w.sums = make([]float64, len(record))
	}
	for i, v := range record {
		w.sums[i] += float64(v) * float64(rows)
	}
	w.rows += rows
}

func (w *weightedSums) means() []float64 {
	means := make([]float64, len(w.sums))
	for i, s := range w.sums {
		means[i] = s / float64(w.rows)
	}
	return means
}

func asFloat64(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
