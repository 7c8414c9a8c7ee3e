package fit_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// TestMemoryLimit trains with room for all rows, for a few steps and for less than one.
func TestMemoryLimit(t *testing.T) {
	data, err := dataset.Random(150, []int{10}, []int{1}, 7)
	require.NoError(t, err)
	data.SampleWeight = make([]float32, 150)
	for i := range data.SampleWeight {
		data.SampleWeight[i] = float32(i % 3)
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		losses := func(limit int64) ([]float64, []float64) {
			m, err := fit.Compile(example1(), optim.Adam(1e-3), loss.MSE{}, fit.Options{Backend: b, MemoryLimit: limit})
			require.NoError(t, err)
			h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 3, ValidationSplit: 0.2, BatchSize: 16})
			require.NoError(t, err)
			return h.Loss(), h.ValidationLoss()
		}
		train, validation := losses(0)
		for _, limit := range []int64{1 << 30, 3 * 16 * 12 * 4, 1} {
			gotTrain, gotValidation := losses(limit)
			require.InEpsilonSlice(t, train, gotTrain, 1e-6, "limit %d", limit)
			require.InEpsilonSlice(t, validation, gotValidation, 1e-6, "limit %d", limit)
		}
	})
}
