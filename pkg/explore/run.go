package explore

import (
	"context"
	"fmt"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// Run says how trainings are run. What is trained, with which seed and metrics, a [training.Training] says by itself.
type Run struct {
	Fit            fit.Options           // backend, probes, memory; Seed and Metrics play no part
	Callbacks      func() []fit.Callback // makes the callbacks, anew for each training, because they have a memory; nil: none
	AllowNonFinite bool                  // trains on data with NaN or infinite values, to see what comes of it
}

// check refuses a training that can't be run this way.
func (r Run) check(t training.Training) error {
	if err := t.Validate(); err != nil || r.AllowNonFinite {
		return err
	}
	if err := t.Data.Validate(); err != nil {
		return err
	}
	if t.Validation.Rows() == 0 {
		return nil
	}
	if err := t.Validation.Validate(); err != nil {
		return fmt.Errorf("validation data: %w", err)
	}
	return nil
}

// train trains a new model, with callbacks of its own behind those of the run.
func (r Run) train(ctx context.Context, t training.Training, callbacks []fit.Callback) (*fit.History, error) {
	if err := r.check(t); err != nil {
		return nil, err
	}
	b, err := r.member(t, func(training.Training) []fit.Callback { return callbacks })
	if err != nil {
		return nil, err
	}
	return b.Model.Fit(ctx, b.Data, b.Config)
}

// opened is the run with the default backend where it names none, so that trainings don't race to open it.
func (r Run) opened() (Run, error) {
	if r.Fit.Backend != nil {
		return r, nil
	}
	b, err := backend.Default()
	if err != nil {
		return r, err
	}
	r.Fit.Backend = b.Backend
	return r, nil
}

// Train trains a new model as a search would: the same numbers to the last bit as one of its trials that ran alone. Panics, whoever's
// they are, are errors.
func (r Run) Train(ctx context.Context, t training.Training) (h *fit.History, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.train(ctx, t, nil)
}
