package fit_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

// A model has more state after its first Fit: what was compiled before it doesn't serve any more.
func TestPredictAndEvaluateBeforeAndAfterFit(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		d, err := dataset.Random(40, []int{3}, []int{1}, 1)
		require.NoError(t, err)
		m := compile(t, small(), optim.Adam(0.01), fit.Options{Backend: b})
		before, err := m.Predict(ctx, d.X)
		require.NoError(t, err)
		first, err := m.Evaluate(ctx, d)
		require.NoError(t, err)
		_, err = m.Fit(ctx, d, fit.Config{Epochs: 2})
		require.NoError(t, err)
		after, err := m.Predict(ctx, d.X)
		require.NoError(t, err)
		second, err := m.Evaluate(ctx, d)
		require.NoError(t, err)
		require.NotEqual(t, before.Values, after.Values)
		require.NotEqual(t, second.Loss, first.Loss)
	})
}
