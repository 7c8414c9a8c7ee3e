package callback_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/optim"
)

func TestLearningRateSchedule(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		halve := callback.LearningRateSchedule(func(epoch int, rate float64) float64 {
			if epoch == 0 {
				return rate
			}
			return rate / 2
		})
		m := compile(t, small(), optim.SGD(0.8), fit.Options{Backend: b})
		h, err := m.Fit(ctx, noise(t, 8), fit.Config{Epochs: 3, Callbacks: []fit.Callback{halve}})
		require.NoError(t, err)
		for i, want := range []float64{0.8, 0.4, 0.2} {
			require.InDelta(t, want, h.Epochs[i].LearningRate, 1e-12)
		}

		// the rate is what the steps really took
		m = compile(t, small(), optim.SGD(0.8), fit.Options{Backend: b})
		require.NoError(t, m.Build(3))
		born := weightsOf(t, m)
		_, err = m.Fit(ctx, noise(t, 8), fit.Config{Epochs: 2, Callbacks: []fit.Callback{callback.LearningRateSchedule(func(int, float64) float64 { return 0 })}})
		require.NoError(t, err)
		require.Equal(t, born, weightsOf(t, m))
	})
}

func TestByEpoch(t *testing.T) {
	h, err := smallModel(t).Fit(ctx, noise(t, 8), fit.Config{Epochs: 2, Callbacks: []fit.Callback{callback.ByEpoch(optim.InverseTime{Initial: 0.02, Steps: 1, Decay: 0.1})}})
	require.NoError(t, err)
	require.InDelta(t, 0.02, h.Epochs[0].LearningRate, 1e-12)
	require.InDelta(t, 0.02/1.1, h.Epochs[1].LearningRate, 1e-12)
}

func TestLearningRateScheduleRefuses(t *testing.T) {
	for _, rate := range []float64{-1, math.NaN()} {
		schedule := callback.LearningRateSchedule(func(epoch int, _ float64) float64 { return map[bool]float64{true: rate, false: 1}[epoch == 1] })
		h, err := smallModel(t).Fit(ctx, noise(t, 8), fit.Config{Epochs: 2, Callbacks: []fit.Callback{schedule}})
		require.ErrorContains(t, err, "learning rate for epoch 1 is")
		require.Len(t, h.Epochs, 1)
	}
}
