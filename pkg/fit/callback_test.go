package fit_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/fittest"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

func TestCallbackContract(t *testing.T) {
	path := filepath.Join(t.TempDir(), "best")
	for name, make := range map[string]func() fit.Callback{
		"EarlyStopping":            func() fit.Callback { return &fit.EarlyStopping{Patience: 2, MinDelta: 0.01} },
		"EarlyStoppingRestoreBest": func() fit.Callback { return &fit.EarlyStopping{Patience: 2, RestoreBest: true} },
		"ReduceLROnPlateau":        func() fit.Callback { return &fit.ReduceLROnPlateau{Patience: 1, Factor: 0.5} },
		"LearningRateSchedule": func() fit.Callback {
			return fit.LearningRateSchedule(func(epoch int, _ float64) float64 { return 0.1 / float64(epoch+1) })
		},
		"TerminateOnNaN": func() fit.Callback { return &fit.TerminateOnNaN{} },
		"BestCheckpoint": func() fit.Callback { return &fit.BestCheckpoint{Path: path} },
		"CSVLog":         func() fit.Callback { return &fit.CSVLog{Path: path + ".csv"} },
		"OnEpochEnd":     func() fit.Callback { return fit.OnEpochEnd(func(*fit.Run) error { return nil }) },
	} {
		t.Run(name, func(t *testing.T) { fittest.TestCallback(t, make) })
	}
}

func TestUnknownMonitor(t *testing.T) {
	for _, c := range []fit.Callback{
		&fit.EarlyStopping{Monitor: "val_accuracy"},
		&fit.ReduceLROnPlateau{Monitor: "val_accuracy"},
		&fit.BestCheckpoint{Monitor: "val_accuracy", Path: filepath.Join(t.TempDir(), "best")},
	} {
		m := compile(t, small(), optim.SGD(0.1), fit.Options{Metrics: []loss.Metric{loss.Accuracy{}}})
		_, err := m.Fit(ctx, noise(t, 20), fit.Config{Callbacks: []fit.Callback{c}})
		require.ErrorContains(t, err, `there is nothing named "val_accuracy" to monitor; this training has loss, accuracy`)
		_, err = m.Fit(ctx, noise(t, 20), fit.Config{Callbacks: []fit.Callback{c}, ValidationSplit: 0.2})
		if err != nil {
			require.NotContains(t, err.Error(), "monitor")
		}
	}
}

func TestCallbackErrors(t *testing.T) {
	mine := errors.New("my own")
	told := 0
	count := fit.OnEpochEnd(func(*fit.Run) error { told++; return nil })
	fail := func(err error) fit.Callback { return fit.OnEpochEnd(func(*fit.Run) error { return err }) }

	h, err := smallModel(t).Fit(ctx, noise(t, 20), fit.Config{Epochs: 5, Callbacks: []fit.Callback{fail(mine), count}})
	require.ErrorIs(t, err, mine)
	require.Len(t, h.Epochs, 1)
	require.Equal(t, 1, told, "the other callbacks are told of the epoch too")

	h, err = smallModel(t).Fit(ctx, noise(t, 20), fit.Config{Epochs: 5, Callbacks: []fit.Callback{fail(fmt.Errorf("enough: %w", fit.Stop)), count}})
	require.NoError(t, err)
	require.Len(t, h.Epochs, 1)
	require.Equal(t, "enough: training stopped", h.Stopped)

	_, err = smallModel(t).Fit(ctx, noise(t, 20), fit.Config{Epochs: 5, Callbacks: []fit.Callback{fail(fit.Stop), fail(mine)}})
	require.ErrorIs(t, err, mine, "an error is not hidden by a stop")
}

func TestSetLearningRate(t *testing.T) {
	set := func(rate float64) fit.Callback {
		return fit.OnEpochEnd(func(r *fit.Run) error { r.SetLearningRate(rate); return nil })
	}
	for _, rate := range []float64{-1, math.Inf(1)} {
		_, err := smallModel(t).Fit(ctx, noise(t, 20), fit.Config{Epochs: 3, Callbacks: []fit.Callback{set(rate)}})
		require.ErrorContains(t, err, fmt.Sprintf("a callback set the learning rate %g", rate))
	}
	m := smallModel(t)
	h, err := m.Fit(ctx, noise(t, 20), fit.Config{Epochs: 2, Callbacks: []fit.Callback{set(0)}})
	require.NoError(t, err)
	require.Equal(t, 0.0, h.Epochs[1].LearningRate)
	still := weightsOf(t, m)
	_, err = m.Fit(ctx, noise(t, 20), fit.Config{})
	require.NoError(t, err)
	require.NotEqual(t, still, weightsOf(t, m), "the next Fit has the optimizer's rate again")
}

func TestMonitorNames(t *testing.T) {
	e := fit.Epoch{Loss: 1, Metrics: map[string]float64{"mae": 2}, Validation: &fit.Result{Loss: 3, Metrics: map[string]float64{"mae": 4}}}
	for name, want := range map[string]float64{"loss": 1, "mae": 2, "val_loss": 3, "val_mae": 4} {
		got, ok := e.Value(name)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, name := range []string{"", "val_", "accuracy", "val_val_loss"} {
		_, ok := e.Value(name)
		require.False(t, ok, name)
	}
	e.Validation = nil
	_, ok := e.Value("val_loss")
	require.False(t, ok)
}

// script trains with epochs whose losses are what the test says, for callbacks to react to.
func script(t *testing.T, losses []float64, callbacks ...fit.Callback) *fit.History {
	t.Helper()
	say := fit.OnEpochEnd(func(r *fit.Run) error {
		r.History.Epochs[r.Epoch-1].Loss = losses[r.Epoch-1]
		return nil
	})
	h, err := scriptModel(t).Fit(ctx, noise(t, 4), fit.Config{Epochs: len(losses), Callbacks: append([]fit.Callback{say}, callbacks...)})
	require.NoError(t, err)
	return h
}

func scriptModel(t *testing.T) *fit.Model {
	return compile(t, small(), optim.SGD(1), fit.Options{})
}
