package explore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/training"
)

// RangeOptions say how a learning-rate range test goes. The zero value is fastai's lr_find, but for the
// start, which there is 1e-7.
type RangeOptions struct {
	Start     float64 // first rate; 0: 1e-8
	End       float64 // last rate; 0: 10
	Steps     int     // training steps, each at a higher rate; 0: 100; at least 20
	BatchSize int     // 0: 32; larger than the data: one batch of all rows
	Beta      float64 // smoothing of the loss, in (0, 1); 0: 0.98
	Seed      int64   // of the batch order

	// Progress is called after each step with what was recorded so far, and a last time with done when nothing more comes, errors
	// included; nil: nothing. The lists are to be read only. It must be quick: the training waits for it.
	Progress func(r RangeResult, done bool)
}

// RangeTestOf makes the model of a training and runs [RangeTest] on the rows that it would be trained on, in batches of the
// training's size unless o says otherwise. The training's own seed and metrics take the place of those in options.
//
// Errors: those of RangeTest, a training that can't be run.
func RangeTestOf(ctx context.Context, t training.Training, options fit.Options, o RangeOptions) (RangeResult, error) {
	if err := (Run{}).check(t); err != nil {
		return RangeResult{}, fmt.Errorf("explore: range test: %w", err)
	}
	m, err := run.New(t, options)
	if err != nil {
		return RangeResult{}, err
	}
	o.BatchSize = or(o.BatchSize, t.BatchSize)
	return RangeTest(ctx, m, t.TrainData(), o)
}

// RangeTest trains m for a few steps while the learning rate grows exponentially, rate_k =
// Start·(End/Start)^(k/(Steps−1)), and records the loss of each step, before its update. It ends early when
// the smoothed loss exceeds 4 times its lowest value, or is NaN; see [RangeResult.Stopped]. Source: Smith,
// arXiv:1506.01186, in the form of fastai's LRFinder.
//
// Batches are all of one size; they go through the rows in random order, again and again. Schedules and
// callbacks play no part. Nothing is compiled but one step, whatever the rates.
//
// Whatever happens, m is left as it was, bit for bit: weights, the optimizer's memory, the state of random
// layers, and the count of epochs and steps. A model without weights is left with those that the first Fit
// would have drawn. While the test runs, that state lies in a temporary file.
//
// Errors: options out of range, data that the model cannot be trained on, a full disk, ctx's error. What was
// recorded until then is returned with them.
func RangeTest(ctx context.Context, m *fit.Model, d dataset.Data, o RangeOptions) (result RangeResult, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("explore: range test: %w", err)
		}
	}()
	if o, err = o.settle(); err != nil {
		return result, err
	}
	if m == nil {
		return result, errors.New("there is no model: make one with fit.Compile")
	}
	batches, err := newCycle(d, o.BatchSize, o.Seed)
	if err != nil {
		return result, err
	}
	restore, err := remember(ctx, m, batches)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, restore()) }()
	tell := func(done bool) {
		if o.Progress != nil {
			o.Progress(result, done)
		}
	}
	defer func() { tell(true) }()

	result.Steps = o.Steps
	smooth := smoother{beta: o.Beta}
	for k := range o.Steps {
		batch, err := batches.next()
		if err != nil {
			return result, err
		}
		rate := o.rate(k)
		h, err := m.Fit(ctx, batch, fit.Config{BatchSize: batch.Rows(), NoShuffle: true, Callbacks: []fit.Callback{fixedRate(rate)}})
		if err != nil {
			return result, fmt.Errorf("step %d, at learning rate %.3g: %w", k+1, rate, err)
		}
		result.add(rate, float64(h.Steps[0]), &smooth)
		if result.Stopped = smooth.verdict(); result.Stopped != "" {
			break
		}
		tell(false)
	}
	return result, nil
}

// settle fills defaults in and refuses what makes no test.
func (o RangeOptions) settle() (RangeOptions, error) {
	o.Start, o.End, o.Beta = or(o.Start, 1e-8), or(o.End, 10), or(o.Beta, 0.98)
	o.Steps, o.BatchSize = or(o.Steps, 100), or(o.BatchSize, 32)
	switch {
	case !(o.Start > 0) || !(o.End > o.Start) || math.IsInf(o.End, 0):
		return o, fmt.Errorf("learning rates from %g to %g: both must be positive and finite, and the first the smaller one", o.Start, o.End)
	case o.Steps < 20:
		return o, fmt.Errorf("%d steps: the suggestions leave a tenth and the last five out, and need at least 20", o.Steps)
	case o.BatchSize < 0:
		return o, fmt.Errorf("batch size %d: must be positive", o.BatchSize)
	case !(o.Beta > 0 && o.Beta < 1):
		return o, fmt.Errorf("smoothing with beta %g: must lie between 0 and 1", o.Beta)
	}
	return o, nil
}

// rate is that of step k, counted from 0.
func (o RangeOptions) rate(k int) float64 {
	return o.Start * math.Pow(o.End/o.Start, float64(k)/float64(o.Steps-1))
}

func or[T comparable](given, fallback T) T {
	var zero T
	if given == zero {
		return fallback
	}
	return given
}

// fixedRate trains at one learning rate, whatever the optimizer says.
type fixedRate float64

// Begin implements [fit.Beginner].
func (r fixedRate) Begin(run *fit.Run) error {
	run.SetLearningRate(float64(r))
	return nil
}
