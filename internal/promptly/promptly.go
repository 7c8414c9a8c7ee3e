// Package promptly tests that something answers in time, also on a machine that is busy with other things.
package promptly

import (
	"slices"
	"testing"
	"time"
)

// Within fails the test unless one of some tries takes less than a limit, and runs no more of them behind that one: another program can take
// the processor away for as long as that, but what is slow by itself is slow each time. A try returns how long it took.
func Within(t testing.TB, tries int, limit time.Duration, try func() time.Duration) {
	t.Helper()
	var took []time.Duration
	for range tries {
		took = append(took, try())
		if took[len(took)-1] < limit {
			return
		}
	}
	t.Errorf("%v at best, %v are promised: %v", slices.Min(took), limit, took)
}
