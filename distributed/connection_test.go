package distributed_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// mute is a server that takes connections and says nothing.
func mute(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return l.Addr().String()
}

// That there is no connection is told, with the address and without its secret; and whoever waits for one can be stopped.
func TestNoConnectionIsTold(t *testing.T) {
	for name, at := range map[string]string{"refused": "127.0.0.1:1", "mute": mute(t), "several": "127.0.0.1:1,nats://127.0.0.1:2"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			soon(t, promised, func() time.Duration {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				lines := make(chan string, 10)
				done := make(chan error, 1)
				go func() {
					_, err := distributed.Open(ctx, "nats://me:hush@"+at, distributed.Options{Told: func(line string) { lines <- line }})
					done <- err
				}()
				select {
				case line := <-lines:
					require.Contains(t, line, "no connection to nats://"+at+": ")
					require.NotContains(t, line, "hush")
					if name != "mute" {
						require.Contains(t, line, "nobody listens there")
					}
				case <-time.After(time.Minute):
					t.Fatal("nothing is told")
				}
				select {
				case err := <-done:
					t.Fatal("it gave up", err)
				case line := <-lines:
					t.Fatal("told again", line)
				case <-time.After(2500 * time.Millisecond):
				}
				return stopped(t, name, cancel, done)
			})
		})
	}
}

// stopped cancels, and is how long the end took.
func stopped(t testing.TB, what string, cancel func(), done <-chan error) time.Duration {
	t.Helper()
	began := time.Now()
	cancel()
	select {
	case err := <-done:
		assert.ErrorIs(t, err, context.Canceled, what)
	case <-time.After(time.Minute):
		t.Fatal("it goes on: " + what)
	}
	return time.Since(began)
}

// A lost connection is told, and that it is there again; meanwhile whatever waits ends when its context does, though the server takes connections
// and says nothing, or says nothing in the one that was there.
func TestALostConnectionHoldsNobody(t *testing.T) {
	for _, broken := range []bool{true, false} {
		soon(t, promised, func() time.Duration { return lostConnection(t, broken) })
	}
}

// lostConnection is how long the slowest took to end.
func lostConnection(t *testing.T, broken bool) (longest time.Duration) {
	q := here(t, 0)
	way := newLink(t, q, 0)
	lines := make(chan string, 10)
	far, err := distributed.Open(t.Context(), way.at, distributed.Options{Told: func(line string) { lines <- line }})
	require.NoError(t, err)
	base, all := mustSearch(t, 2, 10_000_000) // for hours
	calls := map[string]func(ctx context.Context) error{
		"work": func(ctx context.Context) error {
			return far.Work(ctx, distributed.WorkerOptions{Backend: onGo(t).Backend})
		},
		"search": func(ctx context.Context) error {
			_, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: far.Runner(distributed.RunnerOptions{})})
			return err
		},
		"cancel": func(ctx context.Context) error { return far.Cancel(ctx, "nobody") },
		"state":  func(ctx context.Context) error { _, err := far.State(ctx); return err },
	}
	ends := map[string]context.CancelFunc{}
	ended := map[string]chan error{}
	begin := func(name string) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		ends[name], ended[name] = cancel, done
		call := calls[name]
		go func() { done <- call(ctx) }()
	}
	begin("work")
	begin("search")
	require.Eventually(t, func() bool { s, err := q.State(t.Context()); return err == nil && s.Queued == 2 }, time.Minute, 10*time.Millisecond)
	way.setCut(true, broken)
	begin("cancel")
	begin("state")
	if broken {
		line := <-lines
		require.True(t, strings.HasPrefix(line, "no connection to nats://127.0.0.1:"), line)
	} else {
		time.Sleep(time.Second)
	}
	for name := range calls {
		longest = max(longest, stopped(t, name, ends[name], ended[name]))
	}
	if broken {
		way.setCut(false, true)
		require.Equal(t, "connected to nats://127.0.0.1", (<-lines)[:len("connected to nats://127.0.0.1")])
	}
	began := time.Now()
	far.Close()
	return max(longest, time.Since(began))
}
