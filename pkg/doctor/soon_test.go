package doctor_test

import (
	"testing"
	"time"

	"example.com/unstuck/internal/promptly"
)

// soon fails the test unless one of three tries is within a second: see promptly.Within.
func soon(t *testing.T, try func() time.Duration) {
	t.Helper()
	promptly.Within(t, 3, time.Second, try)
}
