package distributed_test

import (
	"testing"
	"time"

	"example.com/unstuck/internal/promptly"
)

// promised is how soon whoever waits comes back once its context has ended.
const promised = 500 * time.Millisecond

// soon fails the test unless one of three tries is within a limit: see promptly.Within.
func soon(t *testing.T, limit time.Duration, try func() time.Duration) {
	t.Helper()
	promptly.Within(t, 3, limit, try)
}
