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
	heap uint64        // bytes that it came to hold more than before, at most
	late time.Duration // at most
}

const watchEvery = 5 * time.Millisecond

func startWatch() *watch {
	w := &watch{stop: make(chan struct{})}
	w.done.Add(1)
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := heap()
	go func() {
		defer w.done.Done()
		for at := time.Now(); ; {
			if now := heap(); now > before {
				w.heap = max(w.heap, now-before)
			}
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
