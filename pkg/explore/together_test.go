package explore_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// many are points of rates and clips that run together, and of batch sizes, which don't.
func many(t testing.TB) []explore.Point {
	return grid(t, explore.LearningRates(1e-3, 0.01, 0.03, 0.1, 1e30), explore.Clips(optim.ClipByNorm{Max: 0.1}, optim.ClipByNorm{Max: 10}), explore.BatchSizes(16, 32))
}

// A search finds together what it finds one by one.
func TestSearchTogetherIsOneByOne(t *testing.T) {
	base := quick(t)
	base.ValidationSplit, base.StopEarly, base.Epochs = 0.25, 2, 6
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		o := explore.SearchOptions{Run: explore.Run{Fit: fit.Options{Backend: b}}, Seeds: []int64{1, 2, 3}, OneByOne: true}
		want, err := explore.Search(ctx, base, many(t), o)
		require.NoError(t, err)
		o.OneByOne = false
		got, err := explore.Search(ctx, base, many(t), o)
		require.NoError(t, err)
		scores := map[string]explore.Row{}
		for _, r := range want.Rows {
			scores[r.Label("learning rate")+r.Label("clip")+r.Label("batch size")] = r
		}
		require.Len(t, got.Rows, 20)
		for _, r := range got.Rows {
			alone := scores[r.Label("learning rate")+r.Label("clip")+r.Label("batch size")]
			require.Len(t, r.Trials, 3)
			for i, trial := range r.Trials {
				assert.Zero(t, alone.Trials[i].Together)
				assert.Equal(t, "one by one was asked for", alone.Trials[i].Alone)
				assert.GreaterOrEqual(t, trial.Together, 8, trial.Alone)
				assert.Equal(t, alone.Trials[i].Stopped != "", trial.Stopped != "")
				assert.Equal(t, alone.Trials[i].Diverged(), trial.Diverged())
				if !trial.Diverged() {
					assert.InDeltaSlice(t, alone.Trials[i].Loss, trial.Loss, 1e-6)
					assert.InDeltaSlice(t, alone.Trials[i].Validation, trial.Validation, 1e-6)
				}
			}
		}
	})
}

// What can't run together, or wouldn't be faster, is trained one by one, and says why.
func TestSearchSaysWhyOneByOne(t *testing.T) {
	hidden, large := quick(t), quick(t)
	hidden.Model = nn.Func(nn.Dense{Units: 1}.Apply)
	large.Model = nn.Sequential{nn.Dense{Units: 200}, nn.Dense{Units: 200}, nn.Dense{Units: 1}}
	points := grid(t, explore.LearningRates(explore.LogSpace(1e-3, 0.1, 8)...))
	for why, base := range map[string]training.Training{"as fast one by one": large, "hides what it does": hidden} {
		table, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: onGo})
		require.NoError(t, err)
		for _, r := range table.Rows {
			assert.Contains(t, r.Trials[0].Alone, why)
			assert.Zero(t, r.Trials[0].Together)
			assert.Len(t, r.Trials[0].Loss, 2)
		}
	}
}

// A cancel ends trainings that run together within half a second, and nothing of them is a trial.
func TestSearchTogetherIsCancelled(t *testing.T) {
	base := quick(t)
	base.Epochs = 1_000_000
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		const limit = 2 * time.Second // half a second, and what the race detector takes
		least := time.Hour
		for try := 0; try < 3 && least >= limit; try++ { // what is slow by itself is slow each time
			ctx, cancel := context.WithCancel(ctx)
			var epochs atomic.Int64
			var at atomic.Int64
			how := explore.Run{Fit: fit.Options{Backend: b}, Callbacks: func() []fit.Callback {
				return []fit.Callback{fit.OnEpochEnd(func(*fit.Run) error {
					if epochs.Add(1) == 40 {
						at.Store(time.Now().UnixNano())
						cancel()
					}
					return nil
				})}
			}}
			table, err := explore.Search(ctx, base, grid(t, explore.LearningRates(explore.LogSpace(1e-3, 0.1, 20)...)), explore.SearchOptions{Run: how})
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, table.Rows)
			least = min(least, time.Since(time.Unix(0, at.Load())))
		}
		assert.Less(t, least, limit)
	})
}

// What panics as callbacks are made is that trial's error, together as one by one; the other trials are trained.
func TestSearchOutlivesPanicOfCallbacks(t *testing.T) {
	watched := explore.Axis{Name: "watched", Values: []explore.Value{{Label: "yes", Callbacks: func(c training.Training) []fit.Callback {
		if c.Optimizer.LearningRate == 0.02 {
			panic("no callbacks")
		}
		return nil
	}}}}
	rates := append(explore.LogSpace(1e-3, 0.01, 8), 0.02)
	for _, oneByOne := range []bool{false, true} {
		table, err := explore.Search(ctx, quick(t), grid(t, watched, explore.LearningRates(rates...)), explore.SearchOptions{Run: onGo, OneByOne: oneByOne})
		require.NoError(t, err)
		require.Len(t, table.Rows, 9)
		for _, r := range table.Rows {
			if r.Label("learning rate") == "0.02" {
				assert.Equal(t, "panic: no callbacks", r.Trials[0].Err)
			} else {
				assert.Empty(t, r.Trials[0].Err)
				assert.Len(t, r.Trials[0].Loss, 2)
			}
		}
	}
}
