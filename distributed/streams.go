package distributed

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// streams are all that a queue consists of: what is queued, results, notes, arrays.
func (q *Queue) streams() []string {
	return []string{q.name + "_trials", "KV_" + q.name + "_results", "KV_" + q.name + "_notes", "OBJ_" + q.name + "_data"}
}

// subjects are those of a stream that match, each with how many messages it has.
func (q *Queue) subjects(ctx context.Context, stream, filter string) (map[string]uint64, error) {
	var all map[string]uint64
	err := retry{queue: q}.do(ctx, func(ctx context.Context) error {
		s, err := q.js.Stream(ctx, stream)
		if err != nil {
			return err
		}
		info, err := s.Info(ctx, jetstream.WithSubjectFilter(filter))
		if err == nil {
			all = info.State.Subjects
		}
		return err
	})
	return all, err
}

// bytes are those of the whole queue.
func (q *Queue) bytes(ctx context.Context) (sum uint64, err error) {
	err = retry{queue: q}.do(ctx, func(ctx context.Context) error {
		sum = 0
		for _, name := range q.streams() {
			s, err := q.js.Stream(ctx, name)
			if err != nil {
				return err
			}
			sum += s.CachedInfo().State.Bytes
		}
		return nil
	})
	return sum, err
}

// eachMessage reads a stream as it is now, without taking anything out of it.
func (q *Queue) eachMessage(ctx context.Context, stream string, do func(text []byte)) error {
	var s jetstream.Stream
	err := retry{queue: q}.do(ctx, func(ctx context.Context) (err error) {
		s, err = q.js.Stream(ctx, stream)
		return err
	})
	if err != nil {
		return err
	}
	state := s.CachedInfo().State
	for next := state.FirstSeq; next <= state.LastSeq; {
		var msg *jetstream.RawStreamMsg
		err := retry{queue: q}.do(ctx, func(ctx context.Context) (err error) {
			msg, err = s.GetMsg(ctx, next, jetstream.WithGetMsgSubject(">"))
			return err
		})
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			return nil // that was the last
		case err != nil:
			return err
		}
		do(msg.Data)
		next = msg.Sequence + 1
	}
	return nil
}
