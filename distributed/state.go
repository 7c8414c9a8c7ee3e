package distributed

import (
	"context"
	"fmt"

	"example.com/unstuck/internal/border"
)

// State is what lies in a queue.
type State struct {
	Queued  int // trainings without a result, those that are being trained among them
	Trained int // results
	Bytes   uint64
}

// State tells what lies in the queue.
func (q *Queue) State(ctx context.Context) (State, error) {
	s, err := border.InterruptibleWithin(ctx, inOrder, func() (State, error) { return q.state(ctx) })
	if err != nil {
		return s, fmt.Errorf("distributed: the queue's state: %w", err)
	}
	return s, nil
}

func (q *Queue) state(ctx context.Context) (State, error) {
	var s State
	err := retry{queue: q}.do(ctx, func(ctx context.Context) error {
		s = State{}
		for name, count := range map[string]*int{q.name + "_trials": &s.Queued, "KV_" + q.name + "_results": &s.Trained, "OBJ_" + q.name + "_data": nil} {
			stream, err := q.js.Stream(ctx, name)
			if err != nil {
				return err
			}
			state := stream.CachedInfo().State
			s.Bytes += state.Bytes
			if count != nil {
				*count = int(state.Msgs)
			}
		}
		return nil
	})
	return s, err
}
