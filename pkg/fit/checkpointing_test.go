package fit_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// rateLine lets the learning rate fall with each step, so that a wrong step count shows.
type rateLine struct{}

func (rateLine) At(step int) float64 { return 0.02 / (1 + 0.1*float64(step)) }

// run is everything that a training leaves behind.
type run struct {
	Weights []fit.Weight
	Steps   []float32
	Epochs  []fit.Epoch
	Stopped string
}

// outcome puts the wall clock, which differs from run to run, aside.
func outcome(t testing.TB, m *fit.Model, h *fit.History) run {
	t.Helper()
	epochs := append([]fit.Epoch(nil), h.Epochs...)
	for i := range epochs {
		epochs[i].Duration = 0
	}
	return run{Weights: weightsOf(t, m), Steps: h.Steps, Epochs: epochs, Stopped: h.Stopped}
}

// interrupted makes the configuration of a training with everything that has to survive.
func interrupted(t testing.TB, path string) fit.Config {
	return fit.Config{
		Epochs: 12, BatchSize: 16, Validation: noise(t, 20),
		Checkpoint: fit.Checkpointing{Path: path},
		Callbacks: []fit.Callback{
			&callback.ReduceLROnPlateau{Patience: 2, Factor: 0.5, MinDelta: 0.01},
			&callback.EarlyStopping{Patience: 6, MinDelta: 0.001, RestoreBest: true},
		},
	}
}

func interruptedModel(t testing.TB, b compute.Backend) *fit.Model {
	return compile(t, small(), optim.Adam(0).WithSchedule(rateLine{}), fit.Options{Backend: b, Seed: 9, Metrics: []loss.Metric{loss.MAE{}}})
}

func TestCheckpointingResumes(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data := noise(t, 70)
		whole := interruptedModel(t, b)
		h, err := whole.Fit(ctx, data, interrupted(t, filepath.Join(t.TempDir(), "whole")))
		require.NoError(t, err)
		want := outcome(t, whole, h)
		plain := interrupted(t, "")
		m := interruptedModel(t, b)
		h, err = m.Fit(ctx, data, plain)
		require.NoError(t, err)
		require.Equal(t, want, outcome(t, m, h), "keeping checkpoints changes nothing")

		for _, at := range []int{1, 2, 5, 11} {
			path := filepath.Join(t.TempDir(), "run.ckpt")
			cancelled, cancel := context.WithCancel(ctx)
			c := interrupted(t, path)
			c.Callbacks = append(c.Callbacks, fit.OnEpochEnd(func(r *fit.Run) error {
				if r.Epoch == at {
					cancel()
				}
				return nil
			}))
			h, err := interruptedModel(t, b).Fit(cancelled, data, c)
			if at < len(want.Epochs) {
				require.ErrorIs(t, err, context.Canceled)
				require.Len(t, h.Epochs, at)
			}

			m := interruptedModel(t, b)
			h, err = m.Fit(ctx, data, interrupted(t, path))
			require.NoError(t, err)
			require.Equal(t, want, outcome(t, m, h), "interrupted after epoch %d", at)

			m = interruptedModel(t, b)
			h, err = m.Fit(ctx, data, interrupted(t, path))
			require.NoError(t, err)
			require.Equal(t, want, outcome(t, m, h), "read back")
		}
	})
}

func TestCheckpointingGoesOnForLonger(t *testing.T) {
	data := noise(t, 70)
	whole := smallModel(t)
	h, err := whole.Fit(ctx, data, fit.Config{Epochs: 7})
	require.NoError(t, err)
	want := outcome(t, whole, h)

	path := filepath.Join(t.TempDir(), "run.ckpt")
	for _, epochs := range []int{3, 7} {
		m := smallModel(t)
		h, err = m.Fit(ctx, data, fit.Config{Epochs: epochs, Checkpoint: fit.Checkpointing{Path: path, Every: 2}})
		require.NoError(t, err)
		if epochs == 7 {
			require.Equal(t, want, outcome(t, m, h))
		}
	}
}

func TestCheckpointingStoppedStaysStopped(t *testing.T) {
	data, path := noise(t, 70), filepath.Join(t.TempDir(), "run.ckpt")
	c := fit.Config{Epochs: 9, Checkpoint: fit.Checkpointing{Path: path, Every: 5}}
	c.Callbacks = []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {
		if r.Epoch == 3 {
			return fit.Stop
		}
		return nil
	})}
	m := smallModel(t)
	h, err := m.Fit(ctx, data, c)
	require.NoError(t, err)
	require.Len(t, h.Epochs, 3)
	want := outcome(t, m, h)

	m = smallModel(t)
	h, err = m.Fit(ctx, data, c)
	require.NoError(t, err)
	require.Equal(t, want, outcome(t, m, h))
}

func TestCheckpointingRefuses(t *testing.T) {
	data, path := noise(t, 70), filepath.Join(t.TempDir(), "run.ckpt")
	c := fit.Config{Epochs: 2, Checkpoint: fit.Checkpointing{Path: path}}
	_, err := smallModel(t).Fit(ctx, data, c)
	require.NoError(t, err)

	refused := func(m *fit.Model, change func(*fit.Config), rows int, want string) {
		t.Helper()
		other := c
		change(&other)
		_, err := m.Fit(ctx, noise(t, rows), other)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, path)
	}
	refused(smallModel(t), func(*fit.Config) {}, 60, "the number of rows differs: 60 now, 70 there; delete the file")
	refused(smallModel(t), func(c *fit.Config) { c.BatchSize = 8 }, 70, "the batch size differs: 8 now, 32 there")
	refused(smallModel(t), func(c *fit.Config) { c.NoShuffle = true }, 70, "NoShuffle differs")
	refused(smallModel(t), func(c *fit.Config) { c.Validation = noise(t, 5) }, 70, "validation data differs")
	refused(compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 4}), func(*fit.Config) {}, 70, "the seed differs: 4 now, 3 there")
	refused(compile(t, small(), optim.SGD(1e-2), fit.Options{Seed: 3}), func(*fit.Config) {}, 70, "the model, its loss, metrics or optimizer")

	other := noise(t, 70)
	other.X.Values[5] = 0.5
	_, err = smallModel(t).Fit(ctx, other, c)
	require.ErrorContains(t, err, "checksum of the data differs")

	_, err = smallModel(t).Fit(ctx, data, fit.Config{Checkpoint: fit.Checkpointing{Path: path, Every: -1}})
	require.ErrorContains(t, err, "every -1 epochs")
	_, err = smallModel(t).Fit(ctx, data, fit.Config{Checkpoint: fit.Checkpointing{Path: filepath.Join(path, "no", "folder")}})
	require.Error(t, err)
	require.NoError(t, os.WriteFile(path, []byte("unstuck"), 0o600))
	_, err = smallModel(t).Fit(ctx, data, c)
	require.ErrorContains(t, err, "too few for a checkpoint")
}
