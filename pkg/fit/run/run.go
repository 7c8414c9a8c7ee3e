// Package run runs a training as it is described: it makes the model and the settings of [fit.Model.Fit] of one
// [training.Training].
//
//	m, err := run.New(t, fit.Options{})
//	h, err := m.Fit(ctx, t.TrainData(), run.Config(t))
package run

import (
	"fmt"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/training"
)

// New compiles the model of a training, draws its weights from the training's seed, and takes it where its Start is; seed, metrics and batch size take the place of those in
// options. The data is not validated: see [training.Training.Validate].
func New(t training.Training, options fit.Options) (*fit.Model, error) {
	m, err := Compile(t, options)
	if err != nil {
		return nil, err
	}
	if err := m.BuildAll(t.RowShapes()...); err != nil {
		return nil, err
	}
	if err := begin(m, t); err != nil {
		return nil, fmt.Errorf("run: the training's start: %w", err)
	}
	return m, nil
}

// Compile is New without the weights, which the first Fit draws from the seed: for a look at what the model is.
func Compile(t training.Training, options fit.Options) (*fit.Model, error) {
	options.Seed, options.Metrics, options.BatchSize = t.Seed, t.Metrics, t.BatchSize
	return fit.Compile(t.Model, t.Optimizer, t.Loss, options)
}

// Config is how a training is run on its [training.Training.TrainData]: with its validation rows after each epoch, and
// [callback.EarlyStopping] as the first callback where it stops early.
func Config(t training.Training) fit.Config {
	c := fit.Config{Epochs: t.Epochs, BatchSize: t.BatchSize, NoShuffle: t.NoShuffle}
	if held := t.ValidationData(); held.Rows() > 0 {
		c.Validation = held
	}
	if t.StopEarly > 0 {
		c.Callbacks = append(c.Callbacks, &callback.EarlyStopping{Patience: t.StopEarly, RestoreBest: true})
	}
	return c
}
