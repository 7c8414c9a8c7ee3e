package main

import (
	"slices"
	"testing"
	"time"
)

// soon fails the test unless one of three tries is within a limit: another program can take the processor away for as long as that, but what is
// slow by itself is slow each time.
func soon(t *testing.T, limit time.Duration, try func() time.Duration) {
	t.Helper()
	var took []time.Duration
	for range 3 {
		took = append(took, try())
		if took[len(took)-1] < limit {
			return
		}
	}
	t.Errorf("%v at best, %v are promised: %v", slices.Min(took), limit, took)
}
