package border

import (
	"context"
	"time"
)

// patience is how long a cancelled call waits for its work to notice.
const patience = 250 * time.Millisecond

// Interruptible runs f in a goroutine and leaves it there when ctx is cancelled and f doesn't end soon. A panic in f
// is an [InternalError].
func Interruptible[T any](ctx context.Context, f func() (T, error)) (T, error) {
	return InterruptibleWithin(ctx, patience, f)
}

// InterruptibleWithin is [Interruptible] for work that needs longer to end in order.
func InterruptibleWithin[T any](ctx context.Context, patience time.Duration, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none answer
	if err := ctx.Err(); err != nil {
		return none.value, err
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() { done <- a }()
		defer guard(&a.err)
		a.value, a.err = f()
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
	}
	select {
	case a := <-done:
		return a.value, a.err
	case <-time.After(patience):
		return none.value, ctx.Err()
	}
}
