package doctor

import (
	"context"
	"fmt"
	"math"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// runner trains cases.
type runner struct {
	backend compute.Backend
	probes  []fit.Probe
}

// run trains c from its seed and measures what came of it.
func (r *runner) run(ctx context.Context, c Case) (*Outcome, error) {
	m, err := r.compile(c)
	if err != nil {
		return nil, err
	}
	o := &Outcome{}
	if o.before, err = m.Weights(); err != nil {
		return nil, err
	}
	train, validation := c.training(), c.validation()
	config := fit.Config{
		Epochs: c.Epochs, BatchSize: c.BatchSize, KeepOrder: c.KeepOrder, AllowNonFinite: true,
	}
	if validation.Rows() > 0 {
		config.Validation = validation
	}
	if c.StopEarly > 0 {
		config.Callbacks = append(config.Callbacks, &fit.EarlyStopping{Patience: c.StopEarly, RestoreBest: true})
	}
	config.Callbacks = append(config.Callbacks, stopWhenLost{})
	if o.History, err = m.Fit(ctx, train, config); err != nil {
		return nil, err
	}
	if o.Predictions, err = m.Predict(ctx, c.Data.X); err != nil {
		return nil, err
	}
	return o, o.measure(c)
}

// measure fills in losses and what they explain.
func (o *Outcome) measure(c Case) error {
	n := c.trainRows()
	train, err := measureRows(c, o.Predictions, 0, n)
	if err != nil {
		return err
	}
	held := measured{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	if n < c.Data.Rows() {
		if held, err = measureRows(c, o.Predictions, n, c.Data.Rows()); err != nil {
			return err
		}
	}
	o.Loss, o.Explained, o.Progress, o.constant = train.loss, train.explained, train.progress, train.constant
	o.ValidationLoss, o.ValidationExplained, o.ValidationProgress, o.validationConstant = held.loss, held.explained, held.progress, held.constant
	return nil
}

type measured struct{ loss, explained, progress, constant float64 }

func measureRows(c Case, predictions dataset.Array, from, to int) (measured, error) {
	part := c.Data.Range(from, to)
	mean, err := meanLoss(c.Loss, part.Y, predictions.Range(from, to), part.SampleWeight)
	if err != nil {
		return measured{}, err
	}
	nan := math.NaN()
	s, err := newYardstick(c.Loss, part.Y)
	if err != nil || math.IsNaN(mean) || math.IsInf(mean, 0) { // labels that aren't finite, or don't suit the loss
		return measured{mean, nan, nan, nan}, nil
	}
	return measured{mean, s.explained(mean), s.progress(mean), s.constant}, nil
}

// compile builds the model of c with its initial weights.
func (r *runner) compile(c Case) (*fit.Model, error) {
	m, err := fit.Compile(c.Model, c.Optimizer, c.Loss, fit.Options{Backend: r.backend, Seed: c.Seed, Probes: r.probes, ProbeEvery: 1})
	if err != nil {
		return nil, err
	}
	return m, m.Build(c.Data.X.Shape[1:]...)
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
