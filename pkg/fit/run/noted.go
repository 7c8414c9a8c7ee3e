package run

import (
	"context"
	"fmt"
	"math"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// notedTolerance is how far the loss at the start may lie from the one that was noted, relative to it.
const notedTolerance = 1e-4

// CheckStart computes the loss that was noted where the training was saved, and refuses another: then what would be trained
// here isn't what is trained there. Where nothing was noted it does nothing.
func CheckStart(ctx context.Context, t training.Training, options fit.Options) error {
	if t.Noted.Rows < 1 {
		return nil
	}
	m, err := New(t, options)
	if err != nil {
		return err
	}
	e, err := m.Evaluate(ctx, t.Data.Range(0, min(t.Noted.Rows, t.Data.Rows())))
	if err != nil {
		return err
	}
	if off := math.Abs(e.Loss - t.Noted.Loss); !(off <= notedTolerance*math.Abs(t.Noted.Loss)+1e-6) && !(math.IsNaN(e.Loss) && math.IsNaN(t.Noted.Loss)) {
		return fmt.Errorf("of its first %d rows the loss is %.7g here and was %.7g where it was saved: something of the model is computed otherwise here, so nothing that is found here would hold there; please report it with the folder",
			t.Noted.Rows, e.Loss, t.Noted.Loss)
	}
	return nil
}
