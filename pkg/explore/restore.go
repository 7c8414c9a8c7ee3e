package explore

import (
	"context"
	"os"
	"path/filepath"

	"example.com/unstuck/pkg/fit"
)

// remember keeps m's whole state and returns the way back to it. A file is the one way that has everything:
// counters and the optimizer's memory too.
func remember(ctx context.Context, m *fit.Model, batches *cycle) (restore func() error, err error) {
	batch, err := batches.peek()
	if err != nil {
		return nil, err
	}
	// Draws the weights and sets the optimizer's memory up where that has not happened yet.
	_, err = m.Fit(ctx, batch, fit.Config{BatchSize: batch.Rows(), Callbacks: []fit.Callback{noStep{}}})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "range-test-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "before")
	if err := m.Save(path); err != nil {
		_ = os.RemoveAll(dir) // the error that matters is Save's
		return nil, err
	}
	return func() error {
		if err := m.Restore(path); err != nil {
			return err // the file is left for a rescue by hand; the error names it
		}
		return os.RemoveAll(dir)
	}, nil
}

// noStep ends a training before its first step.
type noStep struct{}

// Begin implements [fit.Beginner].
func (noStep) Begin(*fit.Run) error { return fit.Stop }
