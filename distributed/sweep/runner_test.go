package sweep

import (
	"context"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// slowRunner says one outcome, and when nobody stops it then, an error.
type slowRunner struct{}

func (slowRunner) Run(ctx context.Context, _ []training.Training, _ explore.Run, told func(explore.Outcome)) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	told(explore.Outcome{History: &fit.History{Epochs: []fit.Epoch{{Number: 1, Loss: 2}}}})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errOver
}
