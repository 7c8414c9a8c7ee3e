package callback_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
)

func TestBestCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "best")
	losses := []float64{math.NaN(), 3, 1, 2, math.NaN()}
	var at []fit.Weight
	m := scriptModel(t)
	_, err := m.Fit(ctx, noise(t, 4), fit.Config{Epochs: len(losses), Callbacks: []fit.Callback{
		fit.OnEpochEnd(func(r *fit.Run) error {
			r.History.Epochs[r.Epoch-1].Loss = losses[r.Epoch-1]
			if r.Epoch == 3 {
				at = weightsOf(t, r.Model)
			}
			return nil
		}), &callback.BestCheckpoint{Path: path},
	}})
	require.NoError(t, err)
	require.NotEqual(t, at, weightsOf(t, m))
	require.NoError(t, m.Restore(path))
	require.Equal(t, at, weightsOf(t, m))

	_, err = m.Fit(ctx, noise(t, 4), fit.Config{Callbacks: []fit.Callback{&callback.BestCheckpoint{}}})
	require.ErrorContains(t, err, "no Path")
	_, err = m.Fit(ctx, noise(t, 4), fit.Config{Callbacks: []fit.Callback{&callback.BestCheckpoint{Path: filepath.Join(path, "x")}}})
	require.ErrorContains(t, err, "BestCheckpoint:")
}
