package distributed_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// A worker on the machine of its queue that is killed at its work is missed at once, and not after a lease.
func TestADeadWorkerHereCostsNoLease(t *testing.T) {
	dir := t.TempDir()
	q, err := distributed.Open(t.Context(), "", distributed.Options{Server: distributed.Embedded{Dir: dir}, Lease: time.Hour})
	require.NoError(t, err)
	defer q.Close()
	base, all := mustSearch(t, 2, 2000)
	done := make(chan error, 1)
	go func() {
		_, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	for range 2 {
		worker := start(t, "worker", dir)
		require.Eventually(t, func() bool {
			c, err := jetStream(t, q).Consumer(t.Context(), "unstuck_trials", "any")
			require.NoError(t, err)
			return c.CachedInfo().NumAckPending == 1
		}, 20*time.Second, 10*time.Millisecond)
		worker.kill()
		require.Eventually(t, func() bool {
			files, err := filepath.Glob(filepath.Join(dir, "workers", "*"))
			require.NoError(t, err)
			return len(files) == 0
		}, 10*time.Second, 50*time.Millisecond)
	}
	stop := works(t, q, distributed.WorkerOptions{})
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(40 * time.Second):
		t.Fatal("it waits for the lease")
	}
	stop()
	files, err := os.ReadDir(filepath.Join(dir, "workers"))
	require.NoError(t, err)
	require.Empty(t, files)
}
