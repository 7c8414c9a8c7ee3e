package distributed_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
)

// A larger run by hand:
//
//	go test ./distributed -run Killed -v -args -trials 1000 -workers 4 -kills 30
var (
	trials  = flag.Int("trials", 100, "of a search whose processes are killed")
	working = flag.Int("workers", 3, "at a time")
	kills   = flag.Int("kills", 10, "of workers")
	epochs  = flag.Int("epochs", 250, "of each training")
)

// Whoever is killed, workers all the time, the server and the submitter once each, every training has one result, and the numbers are
// those of a local search.
func TestNothingIsLostWhoeverIsKilled(t *testing.T) {
	dir := t.TempDir()
	server := start(t, "server", dir)
	url := addressOf(t, dir)
	chaos(t, url, func() {
		server.kill()
		time.Sleep(300 * time.Millisecond)
		start(t, "server", dir)
	})
}

// The same on a cluster of three nodes, one of which is killed and doesn't come back.
func TestNothingIsLostOnAClusterWithANodeKilled(t *testing.T) {
	nodes, urls := cluster(t)
	url := strings.Join(urls, ",")
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	q, err := distributed.Open(ctx, url, distributed.Options{Replicas: 3, Lease: testLease})
	require.NoError(t, err)
	q.Close()
	chaos(t, url, func() { nodes[rand.IntN(3)].kill() })
}

// chaos searches while workers are killed, the server by what is given, and the submitter.
func chaos(t *testing.T, url string, killServer func()) {
	began := time.Now()
	var all []*started
	for range *working {
		all = append(all, start(t, "worker", url))
	}
	out := filepath.Join(t.TempDir(), "trials.json")
	submit := func() *started {
		return start(t, "submitter", url, strconv.Itoa(*trials), strconv.Itoa(*epochs), out)
	}
	submitter := submit()
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; ; n++ {
		if stuck := time.Since(began) > time.Duration(180+*trials/2)*time.Second; stuck {
			for _, p := range append(all, submitter) {
				_ = p.Process.Signal(syscall.SIGQUIT) // they say where they are
			}
			time.Sleep(time.Second)
			require.False(t, stuck, "it comes to no end: %s", queueOf(t, url))
		}
		select {
		case err := <-submitter.ended:
			require.NoError(t, err)
			require.Greater(t, n, *kills/2, "most of the kills came in time: train longer with -epochs")
			t.Logf("%d trials, %d workers, %d of them killed, in %.1f s", *trials, *working, min(n-1, *kills), time.Since(began).Seconds())
			check(t, url, out)
			return
		case <-time.After(time.Duration(100+rng.IntN(300)) * time.Millisecond):
		}
		if n > *kills {
			continue
		}
		i := rng.IntN(len(all))
		all[i].kill()
		all[i] = start(t, "worker", url)
		switch n {
		case *kills / 3:
			killServer()
		case *kills / 2:
			submitter.kill()
			submitter = submit()
		}
	}
}

// check compares what came of the search with a local one, and counts what was written.
func check(t *testing.T, url, out string) {
	base, all := mustSearch(t, *trials, *epochs)
	want, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Run: explore.Run{Fit: fit.Options{Backend: onGo(t).Backend}}, OneByOne: true})
	require.NoError(t, err)
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	var got map[string]string
	require.NoError(t, json.Unmarshal(text, &got))
	require.Len(t, got, *trials)
	require.Equal(t, plainTrials(want), got)

	state := stateOf(t, url, "KV_unstuck_results")
	require.EqualValues(t, *trials, state.Msgs, "a result each")
	require.EqualValues(t, *trials, state.LastSeq, "none was written twice, not even once for a moment")
	require.Eventually(t, func() bool { return stateOf(t, url, "unstuck_trials").Msgs == 0 }, time.Minute, 50*time.Millisecond, "nothing is left to do")
}

func stateOf(t *testing.T, url, stream string) jetstream.StreamState {
	t.Helper()
	conn, err := nats.Connect(url, nats.Timeout(5*time.Second))
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	var s jetstream.Stream
	for range 10 { // while a leader is being elected nobody answers
		one, done := context.WithTimeout(t.Context(), 5*time.Second)
		s, err = js.Stream(one, stream)
		done()
		if err == nil {
			return s.CachedInfo().State
		}
		time.Sleep(100 * time.Millisecond)
	}
	require.NoError(t, err)
	return jetstream.StreamState{}
}

// queueOf is what a stuck queue looks like.
func queueOf(t *testing.T, url string) string {
	t.Helper()
	conn, err := nats.Connect(url, nats.Timeout(5*time.Second))
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err := js.Consumer(ctx, "unstuck_trials", "any")
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%+v\n%+v\n%+v", stateOf(t, url, "unstuck_trials"), stateOf(t, url, "KV_unstuck_results"), *c.CachedInfo())
}

// addressOf waits for a server to have an address.
func addressOf(t testing.TB, dir string) string {
	t.Helper()
	var url string
	require.Eventually(t, func() bool {
		var err error
		url, err = distributed.AddressIn(dir)
		return err == nil
	}, time.Minute, 20*time.Millisecond, fmt.Sprintf("a server in %s", dir))
	return url
}
