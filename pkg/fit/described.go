package fit

import (
	"example.com/unstuck/pkg/training"
)

// New compiles the model of a training and draws its weights from the training's seed; seed and metrics take the place of those
// in options. The data is not validated: see [training.Training.Validate].
func New(t training.Training, options Options) (*Model, error) {
	options.Seed, options.Metrics = t.Seed, t.Metrics
	m, err := Compile(t.Model, t.Optimizer, t.Loss, options)
	if err != nil {
		return nil, err
	}
	return m, m.BuildAll(t.RowShapes()...)
}

// ConfigOf is how a training is run on its [training.Training.TrainData]: with its validation rows after each epoch, and
// [EarlyStopping] as the first callback where it stops early.
func ConfigOf(t training.Training) Config {
	c := Config{Epochs: t.Epochs, BatchSize: t.BatchSize, NoShuffle: t.NoShuffle}
	if held := t.ValidationData(); held.Rows() > 0 {
		c.Validation = held
	}
	if t.StopEarly > 0 {
		c.Callbacks = append(c.Callbacks, &EarlyStopping{Patience: t.StopEarly, RestoreBest: true})
	}
	return c
}
