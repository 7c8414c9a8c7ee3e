package distributed_test

import (
	"context"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// cluster is one of three nodes on loopback: their processes and the URL of all.
func cluster(t testing.TB) (nodes []*started, urls []string) {
	t.Helper()
	var ports []string
	var listeners []net.Listener
	// Not those that the system hands out to whoever connects, itself and others meanwhile: the nodes take them later.
	for tries := 0; len(ports) < 6; tries++ {
		port := strconv.Itoa(20_000 + rand.IntN(10_000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil && tries < 100 {
			continue // somebody has it
		}
		require.NoError(t, err)
		listeners = append(listeners, l)
		ports = append(ports, port)
	}
	for _, l := range listeners {
		require.NoError(t, l.Close())
	}
	for n := range 3 {
		nodes = append(nodes, start(t, "node", append([]string{filepath.Join(t.TempDir(), "store"), strconv.Itoa(n)}, ports...)...))
		urls = append(urls, "nats://127.0.0.1:"+ports[2*n])
	}
	return nodes, urls
}

// Asking for replicas of a queue that is there spreads all of it: any node may be lost afterwards. What else was set of it stays.
func TestReplicasOfAQueueThatIsThere(t *testing.T) {
	nodes, urls := cluster(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	q, err := distributed.Open(ctx, strings.Join(urls, ","), distributed.Options{})
	require.NoError(t, err)
	defer q.Close()
	base, all := mustSearch(t, 5, 2)
	stop := works(t, q, distributed.WorkerOptions{})
	runner := explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})}
	want, err := explore.Search(ctx, base, all, runner)
	require.NoError(t, err)
	stop()

	conn, err := nats.Connect(strings.Join(urls, ","), nats.MaxReconnects(-1))
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	names := js.StreamNames(ctx)
	var streams []string
	for name := range names.Name() {
		streams = append(streams, name)
	}
	require.NoError(t, names.Err())
	require.Len(t, streams, 4)
	const most = 1 << 24 // of bytes that a server sets aside at once: however full the disk is, three nodes have them
	lost := ""           // a node that has one of the streams alone, before it is spread
	for _, name := range streams {
		var s jetstream.Stream
		require.Eventually(t, func() bool { // nobody leads while a leader is being elected
			var err error
			s, err = js.Stream(ctx, name)
			return err == nil && s.CachedInfo().Cluster != nil && s.CachedInfo().Cluster.Leader != ""
		}, time.Minute, 100*time.Millisecond, name)
		lost = s.CachedInfo().Cluster.Leader
		config := s.CachedInfo().Config
		require.Equal(t, 1, config.Replicas)
		config.MaxBytes = most
		_, err = js.UpdateStream(ctx, config)
		require.NoError(t, err)
	}
	more, err := distributed.Open(ctx, strings.Join(urls, ","), distributed.Options{Replicas: 3})
	require.NoError(t, err)
	more.Close()
	require.Contains(t, []string{"n0", "n1", "n2"}, lost)
	for _, name := range streams {
		require.Eventually(t, func() bool {
			s, err := js.Stream(ctx, name)
			if err != nil || s.CachedInfo().Cluster == nil {
				return false
			}
			info := s.CachedInfo()
			current := 0
			for _, peer := range info.Cluster.Replicas {
				if peer.Current {
					current++
				}
			}
			return info.Config.Replicas == 3 && info.Config.MaxBytes == most && current == 2
		}, time.Minute, 100*time.Millisecond, name)
	}
	nodes[int(lost[1]-'0')].kill()
	got, err := explore.Search(ctx, base, all, runner)
	require.NoError(t, err, "no result was lost: there is no worker")
	requireSame(t, want, got)
	for _, name := range streams {
		require.Eventually(t, func() bool {
			one, done := context.WithTimeout(ctx, time.Second) // a question to the lost node has no answer
			defer done()
			_, err := js.Stream(one, name)
			return err == nil
		}, time.Minute, 100*time.Millisecond, name)
	}
}

// More replicas than there are servers are refused at once.
func TestReplicasThatAServerHasNot(t *testing.T) {
	q := here(t, 0)
	began := time.Now()
	for _, o := range []distributed.Options{{Replicas: 3}, {Replicas: 3, Name: "new"}, {Replicas: 2}, {Replicas: 7}} {
		_, err := distributed.Open(t.Context(), q.URL(), o)
		require.ErrorContains(t, err, "replicas")
	}
	require.Less(t, time.Since(began), 5*time.Second)
}
