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
			case <-time.After(4 * time.Second):
				t.Fatal("nothing is told")
			}
			select {
			case err := <-done:
				t.Fatal("it gave up", err)
			case line := <-lines:
				t.Fatal("told again", line)
			case <-time.After(2500 * time.Millisecond):
			}
			requireSoon(t, cancel, done)
		})
	}
}

// requireSoon cancels, and wants the end in half a second.
func requireSoon(t testing.TB, cancel func(), done <-chan error) {
	t.Helper()
	began := time.Now()
	cancel()
	select {
	case err := <-done:
		assert.ErrorIs(t, err, context.Canceled)
		assert.Less(t, time.Since(began), 500*time.Millisecond)
	case <-time.After(3 * time.Second):
		t.Error("it goes on")
	}
}

// A lost connection is told, and that it is there again; meanwhile whatever waits ends when its context does, though the server takes connections
// and says nothing, or says nothing in the one that was there.
func TestALostConnectionHoldsNobody(t *testing.T) {
	for _, broken := range []bool{true, false} {
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
		require.Eventually(t, func() bool { s, err := q.State(t.Context()); return err == nil && s.Queued == 2 }, 10*time.Second, 10*time.Millisecond)
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
			t.Run(name, func(t *testing.T) { requireSoon(t, ends[name], ended[name]) })
		}
		if broken {
			way.setCut(false, true)
			require.Equal(t, "connected to nats://127.0.0.1", (<-lines)[:len("connected to nats://127.0.0.1")])
		}
		began := time.Now()
		far.Close()
		require.Less(t, time.Since(began), 500*time.Millisecond)
	}
}
