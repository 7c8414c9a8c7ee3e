package fit_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// A split holds the last rows out: training on the first ones, with those as validation data, is the same.
func TestValidationSplitIsTheLastRows(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data := noise(t, 50)
		train, validation, err := data.Split(0.2)
		require.NoError(t, err)
		require.Equal(t, 10, validation.Rows())
		require.Equal(t, data.X.Row(40), validation.X.Row(0))

		options := fit.Options{Backend: b, Seed: 1, Metrics: []loss.Metric{loss.MAE{}}}
		split, given := compile(t, small(), optim.Adam(1e-2), options), compile(t, small(), optim.Adam(1e-2), options)
		h1, err := split.Fit(ctx, data, fit.Config{Epochs: 3, ValidationSplit: 0.2})
		require.NoError(t, err)
		h2, err := given.Fit(ctx, train, fit.Config{Epochs: 3, Validation: validation})
		require.NoError(t, err)
		require.Equal(t, outcome(t, given, h2), outcome(t, split, h1))
		require.Len(t, h1.ValidationLoss(), 3)

		// the last epoch's numbers are those of the weights as they are now
		r, err := given.Evaluate(ctx, validation)
		require.NoError(t, err)
		require.InDelta(t, r.Loss, h2.ValidationLoss()[2], 1e-6)
		require.InDelta(t, r.Metrics["mae"], h2.Epochs[2].Validation.Metrics["mae"], 1e-6)
	})
}

// Looking at validation data changes nothing, whatever its size against the evaluation's batches.
func TestValidationChangesNothing(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		var want []fit.Weight
		for _, rows := range []int{0, 1, 5000} {
			m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 1})
			c := fit.Config{Epochs: 2}
			if rows > 0 {
				c.Validation = noise(t, rows)
			}
			h, err := m.Fit(ctx, noise(t, 50), c)
			require.NoError(t, err)
			if rows == 0 {
				want = weightsOf(t, m)
				require.Nil(t, h.Epochs[0].Validation)
				require.Empty(t, h.ValidationLoss())
				continue
			}
			for i, w := range weightsOf(t, m) {
				require.InDeltaSlice(t, want[i].Values, w.Values, 1e-6)
			}
			r, err := m.Evaluate(ctx, c.Validation)
			require.NoError(t, err)
			require.InDelta(t, r.Loss, h.ValidationLoss()[1], 1e-6)
		}
	})
}
