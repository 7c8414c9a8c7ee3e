package distributed_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// A search that somebody else cancels ends for who waits for it, who would else queue it again.
func TestCancelEndsWhoWaits(t *testing.T) {
	q := here(t, 0)
	other, err := distributed.Open(t.Context(), q.URL(), distributed.Options{})
	require.NoError(t, err)
	defer other.Close()
	for _, keep := range []bool{false, true} {
		base, all := mustSearch(t, 3, 2)
		done := make(chan error, 1)
		go func() {
			_, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{Search: "mine", Keep: keep})})
			done <- err
		}()
		queued := func(n int) func() bool {
			return func() bool { s, err := q.State(t.Context()); return err == nil && s.Queued == n }
		}
		require.Eventually(t, queued(3), time.Minute, 10*time.Millisecond)
		require.NoError(t, other.Cancel(t.Context(), "mine"))
		select {
		case err := <-done:
			require.ErrorIs(t, err, distributed.ErrCancelled)
		case <-time.After(time.Minute):
			t.Fatal("it waits on")
		}
		require.True(t, queued(0)())
	}
}
