package main

import (
	"testing"
	"time"

	"example.com/unstuck/internal/promptly"
)

// soon fails the test unless one of three tries is within a limit: see promptly.Within.
func soon(t *testing.T, limit time.Duration, try func() time.Duration) {
	t.Helper()
	promptly.Within(t, 3, limit, try)
}
