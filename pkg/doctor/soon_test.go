package doctor_test

import (
	"slices"
	"testing"
	"time"
)

// soon fails the test unless one of three tries is within a second: another program can take the processor away for as long as that, but what is
// slow by itself is slow each time.
func soon(t *testing.T, try func() time.Duration) {
	t.Helper()
	var took []time.Duration
	for range 3 {
		took = append(took, try())
		if took[len(took)-1] < time.Second {
			return
		}
	}
	t.Errorf("a cancel was answered after %v at best: %v", slices.Min(took), took)
}
