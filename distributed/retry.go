package distributed

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// retry tries until it works, for a server that is being started again, or a cluster that is choosing a leader.
type retry struct {
	queue    *Queue        // whose next connection ends a try: answers to the one before are lost; nil: none does
	each     time.Duration // how long one try may take; 0: 5 s
	patience time.Duration // 0: until the context ends
}

func (r retry) do(ctx context.Context, try func(context.Context) error) error {
	began := time.Now()
	if r.each == 0 {
		r.each = 5 * time.Second
	}
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		one, cancel := context.WithTimeout(ctx, r.each)
		err := r.once(one, cancel, try)
		if err == nil || final(err) {
			return err
		}
		if r.patience > 0 && time.Since(began) > r.patience {
			return err
		}
		if !pause(ctx, wait) {
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

func (r retry) once(ctx context.Context, cancel context.CancelFunc, try func(context.Context) error) error {
	defer cancel()
	if r.queue != nil {
		defer context.AfterFunc(r.queue.connected(), cancel)()
	}
	return try(ctx)
}

// pause waits, and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// The errors of a server that has no room left for an account, or is no cluster: waiting changes nothing.
const (
	noCluster                = 10074 // "replicas > 1 not supported in non-clustered mode"
	insufficientResources    = 10023
	memoryExceeded           = 10028
	storageExceeded          = 10047
	streamStoreFailed        = 10077 // "maximum messages per subject exceeded" among others
	streamMessageExceedsSize = 10054
)

// final tells that asking again gives the same answer.
func final(err error) bool {
	for _, known := range []error{
		jetstream.ErrKeyExists, jetstream.ErrKeyNotFound, jetstream.ErrObjectNotFound, jetstream.ErrJetStreamNotEnabled,
		jetstream.ErrJetStreamNotEnabledForAccount, nats.ErrMaxPayload, nats.ErrConnectionClosed,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	full := []jetstream.ErrorCode{insufficientResources, memoryExceeded, storageExceeded, streamStoreFailed, streamMessageExceedsSize, noCluster}
	return slices.Contains(full, api.ErrorCode) || api.Code >= 400 && api.Code < 500 && api.Code != 408
}
