package distributed

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/unstuck/internal/border"
)

// Options say how a queue is opened. The zero value is a queue called "unstuck", kept on one server.
type Options struct {
	Name     string        // of the queue; several may share a server. Letters, digits, - and _; empty: "unstuck"
	Replicas int           // on how many servers of a cluster everything is kept, from now on where the queue is there: 1, 3 or 5; 0: 1, or what the queue has already
	Lease    time.Duration // how long a worker that doesn't say that it is alive keeps its training, of a queue that is made; 0: 30 s. One that is there keeps its own: see [Queue.Lease]
	Connect  []nats.Option // credentials, TLS and what else NATS' client takes
	Server   Embedded      // where there is no URL: the server in this process
	// Told is called with a line for people, without a secret, when there has been no connection for 2 s, which is tried for on and on, and
	// when there is one again; from a goroutine of its own. Nil: nothing.
	Told func(line string)
}

// Queue is a work queue of trainings. It may be used by several goroutines.
type Queue struct {
	name    string
	lease   time.Duration
	local   *local // where no URL was given
	url     string
	missing missing
	stop    context.CancelFunc // of what goes on behind; nil: nothing does
	conn    *nats.Conn
	js      jetstream.JetStream
	trials  jetstream.Stream
	results jetstream.KeyValue
	notes   jetstream.KeyValue
	data    jetstream.ObjectStore

	mutex      sync.Mutex
	connection context.Context // of the connection that is there, ends when the next one is made
	lose       context.CancelFunc
}

const defaultLease = 30 * time.Second

var goodName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)

// Open opens the queue of a server of NATS, "nats://host:4222", or of several of a cluster, separated by commas; where it isn't there yet
// it is made. An empty URL starts a server in this process, see [Embedded].
//
// It waits for a server that doesn't answer yet until ctx ends.
func Open(ctx context.Context, at string, o Options) (*Queue, error) {
	q, err := border.InterruptibleWithin(ctx, inOrder, func() (*Queue, error) { return open(ctx, at, o) })
	if err != nil {
		return nil, fmt.Errorf("distributed: opening the queue: %w", err)
	}
	return q, nil
}

func open(ctx context.Context, at string, o Options) (*Queue, error) {
	if o.Name == "" {
		o.Name = "unstuck"
	}
	if !goodName.MatchString(o.Name) {
		return nil, fmt.Errorf("the name %q: must be 1 to 60 letters, digits, - and _", o.Name)
	}
	if o.Lease < 0 || o.Lease > 0 && o.Lease < 100*time.Millisecond {
		return nil, fmt.Errorf("a lease of %s: must be at least 100 ms, or 0 for the default", o.Lease)
	}
	if o.Replicas < 0 || o.Replicas > 5 {
		return nil, fmt.Errorf("%d replicas: must be 1, 3 or 5, or 0 for what there is", o.Replicas)
	}
	q := &Queue{name: o.Name, missing: missing{told: o.Told}}
	q.connection, q.lose = context.WithCancel(context.Background())
	connect := append([]nats.Option{
		nats.Name("unstuck"), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectHandler(func(*nats.Conn) { q.noteReconnect() }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { q.missing.begin(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { q.missing.because(err) }),
	}, o.Connect...)
	if at == "" {
		var err error
		if q.local, err = openLocal(o.Server); err != nil {
			return nil, err
		}
		connect = append(connect, nats.InProcessServer(q.local), nats.TokenHandler(q.local.token), nats.IgnoreAuthErrorAbort())
		at = "nats://127.0.0.1"
		q.missing.what = "the queue in " + q.local.embedded.Dir
	} else {
		q.missing.what = redacted(at)
	}
	q.missing.at, q.url = at, at
	err := q.connect(ctx, at, connect)
	if err == nil {
		err = q.make(ctx, o)
	}
	if err == nil && q.local != nil {
		burying, stop := context.WithCancel(context.Background())
		q.stop = stop
		go q.bury(burying)
	}
	if err == nil {
		err = context.Cause(ctx) // then nobody may be waiting for it any more
	}
	if err != nil {
		q.Close()
		return nil, err
	}
	return q, nil
}

// URL is where others reach the queue now, with what it asks for where that stands in the URL: a secret.
func (q *Queue) URL() string {
	if q.local != nil {
		return q.local.url()
	}
	return q.url
}

// Lease is how long a worker that doesn't say that it is alive keeps its training: what was asked for when the queue was made.
func (q *Queue) Lease() time.Duration { return q.lease }

// Here reports whether the server runs in this process, and ends with it.
func (q *Queue) Here() bool { return q.local != nil && q.local.here() }

// Close ends the connection, and the server where it runs in this process. What is queued stays in its folder.
func (q *Queue) Close() {
	q.missing.end()
	if q.stop != nil {
		q.stop()
	}
	if q.conn != nil {
		closed := make(chan struct{})
		go func() { defer close(closed); q.conn.Close() }()
		select {
		case <-closed:
		case <-time.After(inOrder): // it dials, and closes when that is over
		}
	}
	if q.local != nil {
		q.local.close()
	}
}
