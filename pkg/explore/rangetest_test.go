package explore_test

import (
	"context"
	"math"
	"os"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

func TestRangeTestRaisesTheRateUntilTheLossDiverges(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		r, err := explore.RangeTest(ctx, smallModel(t, b), noise(t, 200), explore.RangeOptions{End: 1e4})
		require.NoError(t, err)
		require.NotEmpty(t, r.Stopped)
		assert.Equal(t, 1e-8, r.Rates[0])
		assert.InEpsilon(t, r.Rates[1]/r.Rates[0], r.Rates[20]/r.Rates[19], 1e-9)
		assert.Less(t, len(r.Rates), 100)
		assert.Len(t, r.Losses, len(r.Rates))
		assert.Len(t, r.Smoothed, len(r.Rates))
		last := r.Smoothed[len(r.Smoothed)-1]
		low := math.Inf(1)
		for _, v := range r.Smoothed[:len(r.Smoothed)-1] {
			low = min(low, v)
			assert.LessOrEqual(t, v, 4*low)
		}
		assert.Greater(t, last, 4*low)
		assert.Len(t, r.Suggestions(), 4)
	})
}

func TestRangeTestGoesToTheEnd(t *testing.T) {
	r, err := explore.RangeTest(ctx, smallModel(t, goBackend), noise(t, 50), explore.RangeOptions{End: 1e-3, Steps: 30})
	require.NoError(t, err)
	assert.Empty(t, r.Stopped)
	assert.Len(t, r.Rates, 30)
	assert.InEpsilon(t, 1e-3, r.Rates[29], 1e-12)
}

// These rates are too small to change anything, so the losses are those of the initial weights.
func TestRangeTestRecordsTheLossBeforeTheStep(t *testing.T) {
	d := noise(t, 32)
	m := compile(t, small()[2:], optim.SGD(1), fit.Options{})
	before, err := m.Evaluate(ctx, d)
	require.NoError(t, err)
	r, err := explore.RangeTest(ctx, m, d, explore.RangeOptions{Steps: 20, BatchSize: 64, End: 1e-7})
	require.NoError(t, err)
	for _, v := range r.Losses {
		assert.InEpsilon(t, before.Loss, v, 1e-5)
	}
}

func TestRangeTestLeavesTheModelAsItWas(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		d := noise(t, 100)
		for name, epochs := range map[string]int{"trained": 2, "fresh": 0} {
			t.Run(name, func(t *testing.T) {
				train := func(test bool) ([]float32, []fit.Weight) {
					m := compile(t, small(), optim.Adam(0).WithSchedule(optim.Exponential{Initial: 0.1, Steps: 5, Decay: 0.5}),
						fit.Options{Seed: 3, Backend: b})
					if epochs > 0 {
						_, err := m.Fit(ctx, d, fit.Config{Epochs: epochs})
						require.NoError(t, err)
					}
					if test {
						r, err := explore.RangeTest(ctx, m, d, explore.RangeOptions{Steps: 40, End: 1})
						require.NoError(t, err)
						require.NotEmpty(t, r.Losses)
					}
					h, err := m.Fit(ctx, d, fit.Config{Epochs: 2})
					require.NoError(t, err)
					assert.Equal(t, epochs+1, h.Epochs[0].Number)
					w, err := m.Weights()
					require.NoError(t, err)
					return h.Steps, w
				}
				wantSteps, wantWeights := train(false)
				steps, weights := train(true)
				assert.Equal(t, wantSteps, steps)
				assert.Equal(t, wantWeights, weights)
			})
		}
	})
}

func TestRangeTestRestoresWhenCancelled(t *testing.T) {
	d := noise(t, 100)
	m := smallModel(t, goBackend)
	_, err := m.Fit(ctx, d, fit.Config{})
	require.NoError(t, err)
	before, err := m.Weights()
	require.NoError(t, err)
	t.Setenv("TMPDIR", t.TempDir())

	stopping := &expiring{Context: ctx, left: 40}
	r, err := explore.RangeTest(stopping, m, d, explore.RangeOptions{})
	require.ErrorIs(t, err, context.Canceled)
	assert.NotEmpty(t, r.Losses, "what was recorded is returned")
	assert.Less(t, len(r.Losses), 100)
	after, err := m.Weights()
	require.NoError(t, err)
	assert.Equal(t, before, after)
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// expiring is cancelled after it was asked some times.
type expiring struct {
	context.Context
	left int
}

func (e *expiring) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestRangeTestCompilesOnce(t *testing.T) {
	c := &counting{Backend: backendtest.XLA(t)}
	m := compile(t, small(), optim.Adam(1), fit.Options{Backend: c})
	for range 2 {
		_, err := explore.RangeTest(ctx, m, noise(t, 100), explore.RangeOptions{})
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, c.programs.Load())
}

func TestRangeTestRefuses(t *testing.T) {
	d := noise(t, 40)
	m := smallModel(t, goBackend)
	for want, o := range map[string]explore.RangeOptions{
		"learning rates from -1 to 10":  {Start: -1},
		"learning rates from 1 to 0.5":  {Start: 1, End: 0.5},
		"learning rates from NaN to 10": {Start: math.NaN()},
		"learning rates from 1 to +Inf": {Start: 1, End: math.Inf(1)},
		"19 steps":                      {Steps: 19},
		"batch size -1":                 {BatchSize: -1},
		"smoothing with beta 1":         {Beta: 1},
	} {
		_, err := explore.RangeTest(ctx, m, d, o)
		assert.ErrorContains(t, err, want)
	}
	_, err := explore.RangeTest(ctx, nil, d, explore.RangeOptions{})
	assert.ErrorContains(t, err, "there is no model")
	d.X.Values[4] = float32(math.NaN())
	_, err = explore.RangeTest(ctx, m, d, explore.RangeOptions{})
	assert.ErrorIs(t, err, dataset.ErrNotFinite)
}
