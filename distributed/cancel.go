package distributed

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrCancelled ends those who wait for a search that was cancelled by somebody else.
var ErrCancelled = errors.New("the search was cancelled")

// Cancel takes a search's trainings out of the queue, stops those at work, and ends those who wait for it with [ErrCancelled]. Results
// that are there stay.
func (q *Queue) Cancel(ctx context.Context, search string) error {
	if !goodName.MatchString(search) {
		return fmt.Errorf("distributed: the name %q: must be 1 to 60 letters, digits, - and _", search)
	}
	err := leave(ctx, func() error {
		return retry{queue: q}.do(ctx, func(ctx context.Context) error { return q.cancelOnce(ctx, search) })
	})
	if err != nil {
		return fmt.Errorf("distributed: cancelling %s: %w", search, err)
	}
	return nil
}

func (q *Queue) cancelOnce(ctx context.Context, search string) error {
	// What is queued first: a worker that stops would take the next.
	if err := q.trials.Purge(ctx, jetstream.WithPurgeSubject(q.name+".trial.*."+search+".>")); err != nil {
		return err
	}
	if err := q.conn.Publish(q.cancelSubject(search), nil); err != nil {
		return err
	}
	return q.conn.FlushWithContext(ctx)
}
