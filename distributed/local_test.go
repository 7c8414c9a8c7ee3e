package distributed_test

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// Who shares a queue with the process that serves it goes on when that one ends, though its port and with it the secret are others.
func TestAnotherServesWhenTheFirstEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	options := distributed.Options{Server: distributed.Embedded{Dir: t.TempDir()}}
	first, err := distributed.Open(ctx, "", options)
	require.NoError(t, err)
	before, err := url.Parse(first.URL())
	require.NoError(t, err)
	second, err := distributed.Open(ctx, "", options)
	require.NoError(t, err)
	defer second.Close()
	follow := options
	follow.Server.Follow = true
	third, err := distributed.Open(ctx, "", follow)
	require.NoError(t, err)
	defer third.Close()
	require.False(t, second.Here())

	base, all := mustSearch(t, 4, 3)
	done := make(chan error, 1)
	go func() {
		_, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: second.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	require.Eventually(t, func() bool { s, err := first.State(ctx); return err == nil && s.Queued == 4 }, time.Minute, 10*time.Millisecond)
	first.Close()
	taken, err := net.Listen("tcp", before.Host) // so that the next server has another port, unless it was quicker
	if err == nil {
		defer func() { _ = taken.Close() }()
	}
	works(t, third, distributed.WorkerOptions{})
	require.NoError(t, <-done)
	require.True(t, second.Here())
	require.False(t, third.Here(), "it only follows")
	after, err := url.Parse(second.URL())
	require.NoError(t, err)
	require.Equal(t, after.Host == before.Host, after.User.Username() == before.User.Username(), "a secret goes with its port")
}

// A port that somebody else has taken costs no wait, and who has it isn't shown the secret.
func TestATakenPort(t *testing.T) {
	options := distributed.Options{Server: distributed.Embedded{Dir: t.TempDir()}}
	q, err := distributed.Open(t.Context(), "", options)
	require.NoError(t, err)
	before, err := url.Parse(q.URL())
	require.NoError(t, err)
	q.Close()
	taken, err := net.Listen("tcp", before.Host)
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	began := time.Now()
	q, err = distributed.Open(t.Context(), "", options)
	require.NoError(t, err)
	defer q.Close()
	require.Less(t, time.Since(began), 10*time.Second)
	after, err := url.Parse(q.URL())
	require.NoError(t, err)
	require.NotEqual(t, before.Host, after.Host)
	require.NotEqual(t, before.User.Username(), after.User.Username())
}
