package border

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestInterruptible(t *testing.T) {
	n, err := Interruptible(t.Context(), func() (int, error) { return 7, nil })
	require.NoError(t, err)
	require.Equal(t, 7, n)

	_, err = Interruptible(t.Context(), func() (int, error) { panic("broken") })
	var internal *InternalError
	require.ErrorAs(t, err, &internal)
	require.Equal(t, "broken", internal.Value)

	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	began := time.Now()
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err = Interruptible(ctx, func() (int, error) { <-release; return 0, nil })
	require.True(t, errors.Is(err, context.Canceled))
	require.Greater(t, time.Since(began), patience)
	close(release)

	_, err = Interruptible(ctx, func() (int, error) { t.Error("it began"); return 0, nil })
	require.ErrorIs(t, err, context.Canceled)
}
