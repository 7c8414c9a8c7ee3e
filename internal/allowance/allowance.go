// Package allowance holds a piece of code to a budget of memory and time. The fuzz tests of this project's readers use
// it: a reader must not only return an error for a hostile file, it must do so within a stated multiple of the file's
// size. docs/limits.md lists the budgets.
package allowance

import (
	"runtime"
	"testing"
	"time"
)

// Allowance is what one call may cost.
type Allowance struct {
	// Fixed and PerByte bound what is allocated from the heap, freed or not, to Fixed + PerByte·n bytes for an input of
	// n bytes.
	Fixed, PerByte uint64
	// Time bounds the processor time, which another program's load doesn't add to. 0: 10 seconds.
	Time time.Duration
}

// Check calls f and fails the test when the call cost more than a allows on an input of n bytes. What other
// goroutines allocate meanwhile counts too, so a test that calls it must not run in parallel with others.
func (a Allowance) Check(t testing.TB, n int, f func()) {
	t.Helper()
	if a.Time == 0 {
		a.Time = 10 * time.Second
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := processorTime()
	f()
	took := processorTime() - began
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, a.Fixed+a.PerByte*uint64(n); got > most {
		t.Errorf("%d bytes allocated on an input of %d bytes, %d are allowed", got, n, most)
	}
	if took > a.Time {
		t.Errorf("%v of processor time on an input of %d bytes, %v are allowed", took, n, a.Time)
	}
}
