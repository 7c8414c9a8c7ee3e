package causes_test

import (
	"context"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

func newModelEachEpoch(c training.Training) *fit.History {
	var history fit.History
	for range c.Epochs {
		m := must(fit.Compile(c.Model, c.Optimizer, c.Loss, fit.Options{Seed: c.Seed})) // belongs before the loop
		h := must(m.Fit(context.Background(), c.Data, fit.Config{BatchSize: c.BatchSize}))
		history.Epochs = append(history.Epochs, h.Epochs...)
	}
	return &history
}
