package main

import (
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"
)

// watch notes what a call costs while it runs: the most memory that the heap holds, and how late this process gets
// its turn on a busy machine.
type watch struct {
	stop chan struct{}
	done sync.WaitGroup
	heap uint64        // bytes, at most
	late time.Duration // at most
}

const watchEvery = 5 * time.Millisecond

func startWatch() *watch {
	w := &watch{stop: make(chan struct{})}
	w.done.Add(1)
	go func() {
		defer w.done.Done()
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for at := time.Now(); ; {
			metrics.Read(sample)
			w.heap = max(w.heap, sample[0].Value.Uint64())
			select {
			case <-w.stop:
				return
			case <-time.After(watchEvery):
			}
			now := time.Now()
			w.late, at = max(w.late, now.Sub(at)-watchEvery), now
		}
	}()
	return w
}

func (w *watch) end() {
	close(w.stop)
	w.done.Wait()
}

// settled waits until no more goroutines run than before, and fails the test when some stay.
func settled(t *testing.T, before int, patience time.Duration) {
	t.Helper()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			var stacks strings.Builder
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			t.Fatalf("%d goroutines, %d before, %v after the command has returned:\n%s", runtime.NumGoroutine(), before, patience, stacks.String())
		}
	}
}
