package doctor

import (
	"context"
	"fmt"
	"math"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/training"
)

// runner runs trainings.
type runner struct {
	backend compute.Backend
	probes  []fit.Probe
}

// run trains c from its seed and measures what came of it.
func (r *runner) run(ctx context.Context, c training.Training, watching ...fit.Callback) (_ *Outcome, err error) {
	m, err := r.compile(c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_, _ = m.Weights() // what a cancel has left in the background is over behind this: the backend may be closed then
		}
	}()
	o := &Outcome{}
	if o.before, err = m.Weights(); err != nil {
		return nil, err
	}
	config := run.Config(c)
	config.AllowNonFinite = true
	config.Callbacks = append(append(config.Callbacks, stopWhenLost{}), watching...)
	if o.History, err = m.Fit(ctx, c.TrainData(), config); err != nil {
		return nil, err
	}
	if o.predictions, err = predictAll(ctx, m, c.Data, c.Validation); err != nil {
		return nil, err
	}
	o.Predictions = o.predictions[0]
	if o.masks, err = masksOf(ctx, m, c, c.Data, c.Validation); err != nil {
		return nil, err
	}
	return o, o.measure(c)
}

// predictAll predicts the rows of some data, one behind the other; without rows there is nothing to predict.
func predictAll(ctx context.Context, m *fit.Model, all ...dataset.Data) ([]dataset.Array, error) {
	return inRows(all, func(d dataset.Data) ([]dataset.Array, error) { return m.PredictAll(ctx, d.Inputs()...) })
}

// measure fills in losses and what they explain.
func (o *Outcome) measure(c training.Training) error {
	n := c.TrainRows()
	train, err := measureRows(c, c.TrainData(), o.predictions, o.masks, 0)
	if err != nil {
		return err
	}
	nan := math.NaN()
	held := measured{loss: nan, explained: nan, progress: nan, constant: nan}
	if c.Validated() {
		// Weighted as those trained on are: what is explained of both is compared.
		if held, err = measureRows(c, c.ClassWeighted(c.ValidationData()), o.predictions, o.masks, n); err != nil {
			return err
		}
	}
	o.Loss, o.Explained, o.Progress, o.constant = train.loss, train.explained, train.progress, train.constant
	o.Output = train.worst
	o.nothing, o.validationNothing = train.nothing, held.nothing
	o.ValidationLoss, o.ValidationExplained, o.ValidationProgress, o.validationConstant = held.loss, held.explained, held.progress, held.constant
	return nil
}

// measured is what predictions are worth: loss and constant are those of all outputs together, what is explained that of
// the worst one. In a sum a large loss that falls hides a small one that doesn't.
type measured struct {
	loss, explained, progress, constant float64
	worst                               string // the output's name; empty where there is only one
	nothing                             bool   // of the worst one a constant prediction leaves nothing
}

// measureRows measures what was predicted for some rows: those of the predictions and masks that begin with from.
func measureRows(c training.Training, part dataset.Data, predictions, masks []dataset.Array, from int) (measured, error) {
	nan := math.NaN()
	sum, to := measured{explained: nan, progress: nan}, from+part.Rows()
	c.Data = part
	for i, o := range c.Outputs() {
		steps, size := countingOf(masks, o.At, from, to), stepsOf(masks, o.At, from, to)
		targets, weights := steps.of(o.Targets, size), steps.weights(part.SampleWeight, size)
		mean, err := meanLoss(o.Loss, targets, steps.of(predictions[o.At].Range(from, to), size), weights)
		if err != nil {
			return measured{}, err
		}
		one := measured{loss: mean, explained: nan, progress: nan, constant: nan, worst: o.Name}
		// Without labels that are finite and suit the loss there is nothing to compare with.
		if s, err := newYardstick(o.Loss, targets, weights); err == nil && !math.IsNaN(mean) && !math.IsInf(mean, 0) {
			one.explained, one.progress, one.constant, one.nothing = s.explained(mean), s.progress(mean), s.constant, s.nothing
		}
		sum.loss += o.Factor * one.loss
		sum.constant += o.Factor * one.constant
		if i == 0 || !(score(one.progress) >= score(sum.progress)) {
			sum.explained, sum.progress, sum.worst, sum.nothing = one.explained, one.progress, one.worst, one.nothing
		}
	}
	return sum, nil
}

// compile builds the model of c with its initial weights. It looks at the loss alone: metrics take time and tell it nothing.
func (r *runner) compile(c training.Training) (*fit.Model, error) {
	c.Metrics = nil
	return run.New(c, fit.Options{Backend: r.backend, Probes: r.probes, ProbeEvery: 1})
}

// stopWhenLost ends a training whose loss is no number any more: it can't come back.
type stopWhenLost struct{}

// Tick implements [fit.Ticker].
func (stopWhenLost) Tick(r *fit.Run) error {
	if math.IsNaN(r.LastLoss()) {
		return fmt.Errorf("the loss is NaN: %w", fit.Stop)
	}
	return nil
}
