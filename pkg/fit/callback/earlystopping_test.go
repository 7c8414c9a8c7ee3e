package callback_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

func TestEarlyStopping(t *testing.T) {
	nan, inf, two := math.NaN(), math.Inf(1), 2.0
	for _, c := range []struct {
		name   string
		stop   callback.EarlyStopping
		losses []float64
		epochs int // that are trained
		best   int
	}{
		{"patience 1 stops at the first bad epoch", callback.EarlyStopping{Patience: 1}, []float64{3, 2, 2, 1}, 3, 2},
		{"patience 2 at the second", callback.EarlyStopping{Patience: 2}, []float64{3, 2, 2, 1, 1, 1, 0}, 6, 4},
		{"patience 0 is 10", callback.EarlyStopping{}, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 11, 1},
		{"equal is not better", callback.EarlyStopping{Patience: 1}, []float64{1, 1, 0}, 2, 1},
		{"better by MinDelta is not enough", callback.EarlyStopping{Patience: 1, MinDelta: 1}, []float64{3, 2, 0}, 2, 1},
		{"small steps add up", callback.EarlyStopping{Patience: 2, MinDelta: 1}, []float64{3, 2.5, 1.5, 1.5, 1.4, 0}, 5, 3},
		{"NaN first is not the best", callback.EarlyStopping{Patience: 2}, []float64{nan, 5, 4, 3, 2}, 5, 5},
		{"NaN for ever stops", callback.EarlyStopping{Patience: 3}, []float64{nan, nan, nan, 1}, 3, 0},
		{"NaN later is a bad epoch", callback.EarlyStopping{Patience: 2}, []float64{3, nan, nan, 1}, 3, 1},
		{"infinity is beaten by anything", callback.EarlyStopping{Patience: 1}, []float64{inf, 1e30, 1}, 3, 3},
		{"start later", callback.EarlyStopping{Patience: 1, StartFromEpoch: 3}, []float64{1, 2, 3, 4, 3.5, 3.6, 0}, 6, 5},
		{"highest", callback.EarlyStopping{Patience: 1, Mode: callback.Highest}, []float64{1, 2, 3, 2, 9}, 4, 3},
		{"baseline not reached", callback.EarlyStopping{Patience: 3, Baseline: &two}, []float64{5, 4, 3, 2.5}, 4, 4},
		{"baseline not reached in time", callback.EarlyStopping{Patience: 2, Baseline: &two}, []float64{5, 4, 3, 3, 1}, 4, 3},
		{"baseline reached", callback.EarlyStopping{Patience: 2, Baseline: &two}, []float64{5, 1, 0.9, 0.9, 0.9, 0}, 5, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := script(t, c.losses, &c.stop)
			require.Len(t, h.Epochs, c.epochs)
			best, value := c.stop.Best()
			require.Equal(t, c.best, best)
			if best > 0 {
				require.Equal(t, c.losses[best-1], value)
			} else {
				require.True(t, math.IsNaN(value))
			}
			if c.epochs < len(c.losses) {
				require.Contains(t, h.Stopped, "loss has not improved for")
			} else {
				require.Empty(t, h.Stopped)
			}
		})
	}
}

func TestEarlyStoppingRestoresBest(t *testing.T) {
	for _, c := range []struct {
		losses []float64
		best   int
	}{{[]float64{3, 1, 2, 2}, 2}, {[]float64{3, 2, 1}, 3}} {
		var at []fit.Weight
		m := scriptModel(t)
		stop := &callback.EarlyStopping{Patience: 2, RestoreBest: true}
		_, err := m.Fit(ctx, noise(t, 4), fit.Config{Epochs: len(c.losses), Callbacks: []fit.Callback{
			fit.OnEpochEnd(func(r *fit.Run) error {
				r.History.Epochs[r.Epoch-1].Loss = c.losses[r.Epoch-1]
				if r.Epoch == c.best {
					at = weightsOf(t, r.Model)
				}
				return nil
			}), stop,
		}})
		require.NoError(t, err)
		require.Equal(t, at, weightsOf(t, m))
	}
}

func TestEarlyStoppingWatchesAccuracyUpwards(t *testing.T) {
	m := compile(t, small(), optim.SGD(0.1), fit.Options{Metrics: []loss.Metric{loss.Accuracy{}}})
	accuracies := []float64{0.1, 0.5, 0.9, 0.8}
	h, err := m.Fit(ctx, noise(t, 8), fit.Config{Epochs: 9, ValidationSplit: 0.5, Callbacks: []fit.Callback{
		fit.OnEpochEnd(func(r *fit.Run) error {
			r.History.Epochs[r.Epoch-1].Validation.Metrics["accuracy"] = accuracies[r.Epoch-1]
			return nil
		}),
		&callback.EarlyStopping{Monitor: "val_accuracy", Patience: 1},
	}})
	require.NoError(t, err)
	require.Len(t, h.Epochs, 4)
	require.Contains(t, h.Stopped, "val_accuracy has not improved for 1 epochs (best 0.9, in epoch 3)")
}

func TestEarlyStoppingRefuses(t *testing.T) {
	nan := math.NaN()
	for want, c := range map[string]*callback.EarlyStopping{
		"MinDelta is -1":       {MinDelta: -1},
		"MinDelta is NaN":      {MinDelta: nan},
		"Patience is -1":       {Patience: -1},
		"StartFromEpoch is -1": {StartFromEpoch: -1},
		"Baseline is NaN":      {Baseline: &nan},
		"mode 7":               {Mode: 7},
	} {
		_, err := smallModel(t).Fit(ctx, noise(t, 4), fit.Config{Callbacks: []fit.Callback{c}})
		require.ErrorContains(t, err, want)
	}
}
