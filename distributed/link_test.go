package distributed_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// link is a network between a server and those who connect to its address.
type link struct {
	at       string        // the server's URL through it
	slowness time.Duration // of what the server says

	mutex sync.Mutex
	isCut bool                  // no byte gets through, and nobody is told
	conns map[net.Conn]net.Conn // of clients, to the server
}

// newLink is one to the server of a queue.
func newLink(t testing.TB, q *distributed.Queue, slowness time.Duration) *link {
	t.Helper()
	to, err := url.Parse(q.URL())
	require.NoError(t, err)
	server := to.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	to.Host = listener.Addr().String()
	l := &link{at: to.String(), slowness: slowness, conns: map[net.Conn]net.Conn{}}
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended); _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go l.join(client, server, ended)
		}
	}()
	return l
}

func (l *link) join(client net.Conn, server string, ended <-chan struct{}) {
	defer func() { _ = client.Close() }()
	there, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer func() { _ = there.Close() }()
	l.mutex.Lock()
	l.conns[client] = there
	l.mutex.Unlock()
	over := make(chan struct{}, 2)
	go l.carry(there, client, 0, over)
	go l.carry(client, there, l.slowness, over)
	select {
	case <-over:
	case <-ended:
	}
}

// carry brings bytes from one side to the other, each so much later.
func (l *link) carry(to io.Writer, from io.Reader, later time.Duration, over chan<- struct{}) {
	type piece struct {
		text []byte
		due  time.Time
	}
	pieces := make(chan piece, 1000)
	go func() {
		defer close(pieces)
		for {
			text := make([]byte, 64<<10)
			n, err := from.Read(text)
			if err != nil {
				return
			}
			pieces <- piece{text[:n], time.Now().Add(later)}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.due))
		if l.cut() {
			continue // and the connection stays as it is, as where a cable was pulled
		}
		if _, err := to.Write(p.text); err != nil {
			break
		}
	}
	over <- struct{}{}
}

func (l *link) cut() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.isCut
}

// setCut cuts or mends it; broken: all that are connected lose their connections.
func (l *link) setCut(cut, broken bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.isCut = cut
	if broken {
		for client, there := range l.conns {
			_, _ = client.Close(), there.Close()
		}
		clear(l.conns)
	}
}

// A task that comes later than the worker waits for one isn't lost for a lease, of whatever label.
func TestASlowLinkLosesNoTask(t *testing.T) {
	q := here(t, 0)
	far, err := distributed.Open(t.Context(), newLink(t, q, 60*time.Millisecond).at, distributed.Options{})
	require.NoError(t, err)
	defer far.Close()
	works(t, far, distributed.WorkerOptions{Labels: []string{"gpu", "big"}})
	base, all := mustSearch(t, 4, 2)
	var searches sync.WaitGroup
	began := time.Now()
	for _, label := range []string{"", "gpu", "big"} {
		searches.Go(func() {
			_, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{Search: "of" + label, Label: label})})
			assert.NoError(t, err)
		})
	}
	searches.Wait()
	require.Less(t, time.Since(began), 25*time.Second, "less than a lease")
	for _, r := range resultsOf(t, q) {
		require.Contains(t, r, `"tries":1`)
	}
}
