package distributed

import (
	"context"
	"sync"
	"time"
)

// inOrder is how long a call may take to end in order once its context has ended: in half a second it has to be over.
const inOrder = 400 * time.Millisecond

// leave returns what f returns, or, where f goes on for long after ctx ended, the cause of that: NATS' client holds its locks while it dials a
// server that doesn't answer, and takes no context then. What f makes all the same goes to drop.
func leave[T any](ctx context.Context, f func() (T, error), drop func(T)) (T, error) {
	type made struct {
		value T
		err   error
	}
	done := make(chan made, 1)
	go func() {
		v, err := f()
		done <- made{v, err}
	}()
	select {
	case m := <-done:
		return m.value, m.err
	case <-ctx.Done():
	}
	select {
	case m := <-done:
		return m.value, m.err
	case <-time.After(inOrder):
	}
	go func() {
		if m := <-done; m.err == nil && drop != nil {
			drop(m.value)
		}
	}()
	var none T
	return none, context.Cause(ctx)
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
	_, err := leave(ctx, func() (struct{}, error) {
		return struct{}{}, f(func(v T) {
			mutex.Lock()
			defer mutex.Unlock()
			if !over {
				told(v)
			}
		})
	}, nil)
	return err
}
