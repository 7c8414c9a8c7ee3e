//go:build unix

package explore_test

import (
	"math"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
)

// A hundred learning rates on the article's first example are one compilation and less than 2 s. Where other
// processes take the cores away, that says nothing, and the processor time must be less than twice that in one of three
// tries: those who share a core's caches slow each other down by as much.
func TestHundredRatesCompileOnce(t *testing.T) {
	base := example1(t)
	points, err := explore.Space{explore.LearningRates(explore.LogSpace(1e-7, 10, 100)...)}.Grid()
	require.NoError(t, err)

	best := time.Duration(math.MaxInt64)
	for try := 0; try < 3 && best >= 2*time.Second; try++ {
		c := &counting{Backend: backendtest.XLA(t)} // a new one: nothing is compiled for it
		began, before := time.Now(), processorTime(t)
		table, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: explore.Run{Fit: fit.Options{Backend: c}}})
		require.NoError(t, err)
		took, used := time.Since(began), processorTime(t)-before
		best = min(best, took, used/2)

		t.Logf("100 rates in %v, %v of processor time; best %v: %.5f", took, used, table.Rows[0].Settings, table.Rows[0].Score)
		require.Len(t, table.Rows, 100)
		for _, r := range table.Rows {
			assert.Zero(t, r.Failed)
			assert.Len(t, r.Trials[0].Loss, 10)
		}
		assert.EqualValues(t, 1, c.programs.Load())
	}
	assert.Less(t, best, 2*time.Second)
}

func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
