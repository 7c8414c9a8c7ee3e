package distributed_test

import (
	"os"
	"path/filepath"
	"strings"
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
	base, all := mustSearch(t, 2, 3000)
	done := make(chan error, 1)
	go func() {
		_, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	for range 2 {
		worker := start(t, "worker", dir)
		require.Eventually(t, func() bool { // what the server has sent and the worker hasn't seen yet is nobody's for a lease
			files, err := filepath.Glob(filepath.Join(dir, "workers", "*"))
			if err != nil || len(files) != 1 {
				return false
			}
			text, err := os.ReadFile(files[0])
			return err == nil && strings.Contains(string(text), `"reply":`)
		}, time.Minute, time.Millisecond, "it says what it is at")
		worker.kill()
		require.Eventually(t, func() bool {
			files, err := filepath.Glob(filepath.Join(dir, "workers", "*"))
			return err == nil && len(files) == 0
		}, time.Minute, 50*time.Millisecond, "it is buried")
	}
	stop := works(t, q, distributed.WorkerOptions{})
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(2 * time.Minute):
		t.Fatal("it waits for the lease")
	}
	stop()
	files, err := os.ReadDir(filepath.Join(dir, "workers"))
	require.NoError(t, err)
	require.Empty(t, files)
}
