package fit_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
)

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
