package distributed_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// Trainings of killed workers of other machines are counted until their leases end, those of live ones aren't.
func TestSilentWorkersAreCounted(t *testing.T) {
	q := here(t, 0)
	silent := func(want int) func() bool {
		return func() bool { n, err := q.Silent(t.Context()); return err == nil && n == want }
	}
	require.True(t, silent(0)())
	base, all := mustSearch(t, 3, 10_000_000)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	js := jetStream(t, q)
	taken := func(n int) func() bool {
		return func() bool {
			c, err := js.Consumer(t.Context(), "unstuck_trials", "any")
			return err == nil && c.CachedInfo().NumAckPending == n
		}
	}
	alive := works(t, q, distributed.WorkerOptions{Parallel: 2})
	require.Eventually(t, taken(2), time.Minute, 10*time.Millisecond)
	require.Eventually(t, silent(0), 25*time.Second, 10*time.Millisecond)
	far := start(t, "worker", q.URL()) // by its URL, as from another machine
	require.Eventually(t, taken(3), time.Minute, 10*time.Millisecond)
	require.Eventually(t, silent(0), 25*time.Second, 10*time.Millisecond)
	far.kill()
	require.Eventually(t, silent(1), 25*time.Second, 10*time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	alive()
	require.Eventually(t, silent(0), 25*time.Second, 10*time.Millisecond)
}
