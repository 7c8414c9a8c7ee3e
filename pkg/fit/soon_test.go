package fit_test

import (
	"testing"
	"time"

	"example.com/unstuck/internal/promptly"
)

// promised is how soon a cancel is answered.
const promised = 500 * time.Millisecond

// soon fails the test unless one of five tries is within what is promised: see promptly.Within.
func soon(t *testing.T, try func() time.Duration) {
	t.Helper()
	within(t, promised, try)
}

// within is soon with another limit.
func within(t *testing.T, limit time.Duration, try func() time.Duration) {
	t.Helper()
	promptly.Within(t, 5, limit, try)
}
