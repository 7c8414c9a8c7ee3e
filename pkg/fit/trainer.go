package fit

import (
	"context"
	"errors"
	"math"
	"time"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit/checkpoint"
)

// trainer is one call of Fit.
type trainer struct {
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
	rate     float64   // set by a callback; NaN: the optimizer's own
	sums     epochSums // of the epoch at hand
	began    time.Time // of the epoch at hand
	settings checkpoint.Settings
	done     span // the last execution
	begun    int  // steps of the model before the work at hand
	left     bool // an execution goes on in the background, and closes when it has ended
}

// span is the steps of one execution.
type span struct {
	order    *order
	rates    []float32
	from, to int
}

// run trains epoch after epoch, telling the callbacks.
func (t *trainer) run(ctx context.Context) (err error) {
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
		var o *order
		shuffle := func() { // a million rows take a while
			o = t.newOrder(ctx, epochs)
		}
		if err := t.await(ctx, shuffle, func() {}); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(t.m.readings) > 0 {
			o.measure(t.m.probeEvery(), len(t.history.Steps))
		}
		if err := t.segment(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// newOrder is the batch order of the next epochs.
func (t *trainer) newOrder(ctx context.Context, epochs int) *order {
	if l := t.m.state.lane; l != nil {
		return l.group.order(ctx, t, epochs)
	}
	return newOrder(ctx, t.rows, t.config.BatchSize, t.capacity, t.m.epochs, epochs, !t.config.NoShuffle, t.m.options.Seed)
}

// segment runs the steps of one batch order, in slices.
func (t *trainer) segment(ctx context.Context, o *order) error {
	look := t.config.Validation.Rows() > 0 || anyOf[EpochEnder](t.config.Callbacks) || t.config.Checkpoint.Path != ""
	for at := 0; at < o.steps; {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := o.steps
		if look {
			end = at + t.steps - at%t.steps
		}
		end = min(end, at+t.m.pace.steps())
		rates := t.rates(at, end)
		t.done = span{order: o, rates: rates, from: at, to: end}
		var out outcome
		var failed error
		execute := func() {
			if out, failed = t.engine.train(ctx, o, rates, at, end, end%t.steps == 0); failed != nil && t.m.state.torn {
				out, failed = outcome{}, t.m.lost(failed)
			}
		}
		if err := t.await(ctx, execute, func() { t.count(at, len(out.records)/t.m.columns(), failed) }); err != nil {
			return err
		}
		if failed != nil {
			t.partly(o, at, out)
			return failed
		}
		if err := t.digest(o, at, end, out); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// await is that of the model: what is left in the background closes the training when it has ended, behind count.
func (t *trainer) await(ctx context.Context, work, count func()) error {
	t.begun = t.m.steps
	left, err := t.m.await(ctx, work, func() {
		count()
		_ = t.close(nil) // nobody is there to be told; the model is whole
	})
	t.left = t.left || left
	return err
}

// close brings the state back to the host and frees the engine; of two errors the first, err, counts.
func (t *trainer) close(err error) error {
	t.engine.close()
	if e := t.m.download(); err == nil {
		err = e
	}
	return err
}

// count notes steps that were done in the background, behind the first at of an order. The last epoch is over only
// when nothing failed, its evaluation included.
func (t *trainer) count(at, steps int, failed error) {
	t.m.steps += steps
	epochs := (at%t.steps + steps) / t.steps
	if failed != nil && (at+steps)%t.steps == 0 {
		epochs--
	}
	t.m.epochs += max(0, epochs)
}

// partly takes the steps of an execution that did not come to its end into the History, within their epoch.
func (t *trainer) partly(o *order, from int, out outcome) {
	columns, readings, numbers := t.m.columns(), out.readings, readingSize(t.m.readings)
	for i := range len(out.records) / columns {
		readings = t.note(o, from+i, out.records[i*columns], readings, numbers)
	}
}

// rates are the learning rates of the steps from..to-1, in place.
func (t *trainer) rates(from, to int) []float32 {
	rates := make([]float32, t.capacity)
	for step := from; step < to; step++ {
		rates[step] = float32(t.learningRate(t.m.steps + step - from))
	}
	return rates
}

// learningRate is that of a step, counted from 0 over the life of the model.
func (t *trainer) learningRate(step int) float64 {
	if !math.IsNaN(t.rate) {
		return t.rate
	}
	return t.ownRate(step)
}

// digest takes what an execution gave into the History and tells the callbacks.
func (t *trainer) digest(o *order, from, to int, out outcome) error {
	columns, readings := t.m.columns(), out.readings
	numbers := readingSize(t.m.readings)
	for step := from; step < to; step++ {
		record := out.records[(step-from)*columns : (step-from+1)*columns]
		rate := t.learningRate(t.m.steps)
		t.sums.add(record, int(o.counts[step]))
		readings = t.note(o, step, record[0], readings, numbers)
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

// note takes one step into the History and returns the readings behind its own.
func (t *trainer) note(o *order, step int, loss float32, readings []float32, numbers int) []float32 {
	if o.measured[step] {
		t.history.read(t.m.readings, readings[:numbers])
		readings = readings[numbers:]
	}
	t.history.Steps = append(t.history.Steps, loss)
	t.m.steps++
	t.view.Step++
	return readings
}

// endEpoch closes the epoch at hand.
func (t *trainer) endEpoch(rate float64, validation []float64) {
	t.m.epochs++
	now := time.Now()
	e := Epoch{
		Number:       t.m.epochs,
		Loss:         t.sums.loss / float64(t.sums.rows),
		LearningRate: rate,
		Metrics:      t.m.metricValues(t.sums.metrics),
		Duration:     now.Sub(t.began),
	}
	if validation != nil {
		e.Validation = t.m.result(validation, t.config.Validation.Rows())
	}
	t.history.Epochs = append(t.history.Epochs, e)
	t.sums = epochSums{}
	t.view.Epoch++
	t.view.Step = 0
	t.began = now
}

// epochSums adds records of steps up.
type epochSums struct {
	loss    float64 // of the steps, times their rows
	rows    int
	metrics []float64
}

func (e *epochSums) add(record []float32, rows int) {
	if e.metrics == nil {
		e.metrics = make([]float64, len(record)-1)
	}
	e.loss += float64(record[0]) * float64(rows)
	e.rows += rows
	for i, v := range record[1:] {
		e.metrics[i] += float64(v)
	}
}
