package distributed

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// noteReconnect wakes all who wait for results, and for answers of the server that was connected before, which never come.
func (q *Queue) noteReconnect() {
	q.missing.found()
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.lose()
	q.connection, q.lose = context.WithCancel(context.Background())
}

// connected is a context that ends when the next connection is made.
func (q *Queue) connected() context.Context {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.connection
}

// connect waits for a server that isn't there yet; one that refuses is an error.
func (q *Queue) connect(ctx context.Context, at string, options []nats.Option) error {
	if err := checkSecrets(at); err != nil {
		return fmt.Errorf("%s: %w", redacted(at), err)
	}
	q.missing.begin(nil)
	defer q.missing.end()
	for {
		conn, err := nats.Connect(at, options...)
		if err == nil && ctx.Err() != nil { // nobody waits for it any more
			conn.Close()
			return context.Cause(ctx)
		}
		if err == nil {
			q.missing.found()
			q.conn = conn
			q.js, err = jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(256), jetstream.WithPublishAsyncTimeout(5*time.Second))
			return err
		}
		q.missing.because(err)
		if refused(err) {
			return fmt.Errorf("%s: %w", redacted(at), withoutSecrets(err, at))
		}
		if !pause(ctx, 200*time.Millisecond) {
			return fmt.Errorf("%s: %w: %w", redacted(at), context.Cause(ctx), withoutSecrets(err, at))
		}
	}
}

// refused tells that a server is there and will say the same again, or that none can be: all else may be one that is being started.
func refused(err error) bool {
	for _, known := range []error{
		nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrSecureConnRequired, nats.ErrSecureConnWanted,
		nats.ErrNkeysNotSupported, nats.ErrNoUserCB, nats.ErrUserButNoSigCB,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	var certificate *tls.CertificateVerificationError
	var address *net.AddrError
	var unparsed *url.Error
	return errors.As(err, &certificate) || errors.As(err, &address) || errors.As(err, &unparsed) || errors.Is(err, fs.ErrNotExist)
}
