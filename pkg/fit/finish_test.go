package fit_test

import (
	"errors"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

// TestAveragesTakeTheWeightsPlace: when a training is over, stopped by a callback or not, and not when it failed.
func TestAveragesTakeTheWeightsPlace(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for reason, taken := range map[error]bool{nil: true, fit.Stop: true, errors.New("no more"): false} {
			m := compile(t, small(), optim.SGD(0.1).WithEMA(0.9, 0), fit.Options{Backend: b})
			_, err := m.Fit(ctx, noise(t, 40), fit.Config{Epochs: 3, Callbacks: []fit.Callback{fit.OnEpochEnd(func(v *fit.Run) error {
				if v.Epoch >= 1 {
					return reason
				}
				return nil
			})}})
			require.Equal(t, reason != nil && !errors.Is(reason, fit.Stop), err != nil)
			for _, w := range weightsOf(t, m) {
				v := m.Store().GetVariable("/optimizers/average" + w.Path)
				require.NotNil(t, v)
				average := tensors.MustCopyFlatData[float32](v.MustValue())
				require.Equal(t, taken, sameValues(average, w.Values), "%v: %s", reason, w.Path)
			}
		}
	})
}

func sameValues(a, b []float32) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// TestAccumulationIsALargerBatch: two batches of half the size, collected, make the same step as one of all rows.
func TestAccumulationIsALargerBatch(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		one := compile(t, small(), optim.Adam(0.01), fit.Options{Backend: b, Seed: 1})
		two := compile(t, small(), optim.Adam(0.01).WithAccumulation(2), fit.Options{Backend: b, Seed: 1})
		d := noise(t, 40)
		_, err := one.Fit(ctx, d, fit.Config{Epochs: 3, BatchSize: 40, NoShuffle: true})
		require.NoError(t, err)
		_, err = two.Fit(ctx, d, fit.Config{Epochs: 3, BatchSize: 20, NoShuffle: true})
		require.NoError(t, err)
		for i, w := range weightsOf(t, two) {
			require.InDeltaSlice(t, weightsOf(t, one)[i].Values, w.Values, 1e-5, w.Path)
		}
	})
}
