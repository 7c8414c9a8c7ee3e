package autoinstall

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWithinAbandonsWhatHangs(t *testing.T) {
	never := make(chan error)
	defer close(never)
	hang := func() error { return <-never }
	require.ErrorContains(t, within(t.Context(), time.Millisecond, hang), "no answer within 1ms")
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	require.ErrorIs(t, within(ctx, time.Hour, hang), context.Canceled)
}

func TestWithinSaysWhatFailedInOneLine(t *testing.T) {
	require.NoError(t, within(t.Context(), time.Hour, func() error { return nil }))
	require.EqualError(t, within(t.Context(), time.Hour, func() error { return errors.New("no\nstack") }), "no")
	require.EqualError(t, within(t.Context(), time.Hour, func() error { panic("no disk") }), "no disk")
}

func TestCPUStopsBeforeItStarts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, CPU(ctx, t.TempDir()))
}
