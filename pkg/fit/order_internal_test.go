package fit

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// Laying out a million rows takes long enough to keep a cancel waiting.
func TestOrderEndsOnCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	require.Equal(t, 6, newOrder(ctx, 4, 2, 6, 0, 3, true, 1).steps)
	cancel()
	require.Zero(t, newOrder(ctx, 4, 2, 6, 0, 3, true, 1).steps)
}
