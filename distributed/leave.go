package distributed

import (
	"context"
	"sync"
	"time"

	"example.com/unstuck/internal/border"
)

// inOrder is how long a call may take to end in order once its context has ended: in half a second it has to be over.
const inOrder = 400 * time.Millisecond

// leave returns what f returns, or, where f goes on for long after ctx ended, the cause of that: NATS' client holds its locks while it dials a
// server that doesn't answer, and takes no context then.
func leave(ctx context.Context, f func() error) error {
	_, err := border.InterruptibleWithin(ctx, inOrder, func() (struct{}, error) { return struct{}{}, f() })
	if err != nil && err == ctx.Err() {
		return context.Cause(ctx)
	}
	return err
}

// leaveTelling is leave for what tells of things: of nothing after it returned.
func leaveTelling[T any](ctx context.Context, told func(T), f func(told func(T)) error) error {
	var mutex sync.Mutex
	over := false
	defer func() {
		mutex.Lock()
		defer mutex.Unlock()
		over = true
	}()
	return leave(ctx, func() error {
		return f(func(v T) {
			mutex.Lock()
			defer mutex.Unlock()
			if !over {
				told(v)
			}
		})
	})
}
