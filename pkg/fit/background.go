package fit

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// lastWord is how long work may go on after a cancel before its caller leaves it: most executions end in that time, and
// what they gave is kept. The rest of half a second is for the way back.
const lastWord = 300 * time.Millisecond

// await does work, which may take longer than a cancel may, and returns when it has ended. When ctx is cancelled and
// work goes on for longer than lastWord, it returns ctx's error instead and says that it has left: work then ends in the
// background, followed by leave (nil: nothing), and the model is theirs until then, as is everything that they touch. work
// must look at ctx between the things that can't be interrupted, an execution or a compilation. When ctx is cancelled
// before work begins, it never does.
//
// A panic of work is the caller's, unless it has left: then the model goes back to its last values on the host.
func (m *Model) await(ctx context.Context, work, leave func()) (left bool, err error) {
	if err := m.settleWithin(ctx); err != nil {
		return false, err
	}
	if ctx.Done() == nil {
		work()
		return false, nil
	}
	b := &background{done: make(chan struct{})}
	go b.run(m, work, leave)
	select {
	case <-b.done:
	case <-ctx.Done():
		grace := time.NewTimer(lastWord)
		defer grace.Stop()
		select {
		case <-b.done:
		case <-grace.C:
			if b.leave() {
				m.busy = b.done
				return true, ctx.Err()
			}
			<-b.done
		}
	}
	if b.panicked != nil {
		panic(b.panicked)
	}
	if !b.returned {
		runtime.Goexit() // as work did
	}
	return false, nil
}

// background is work in a goroutine of its own, whose caller may leave it.
type background struct {
	done     chan struct{} // closed when the model is free again
	returned bool          // work has, and didn't panic or end its goroutine
	panicked any

	mu    sync.Mutex
	ended bool
	left  bool
}

func (b *background) run(m *Model, work, leave func()) {
	defer close(b.done)
	defer func() {
		b.panicked = recover()
		b.mu.Lock()
		b.ended = true
		left := b.left
		b.mu.Unlock()
		if !left {
			return
		}
		if !b.returned {
			m.lose()
		}
		if leave != nil {
			leave()
		}
	}()
	work()
	b.returned = true
}

// leave tells whether the caller may go because work goes on.
func (b *background) leave() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = !b.ended
	return b.left
}

// settle waits for what a cancelled call has left in the background.
func (m *Model) settle() {
	if m.busy != nil {
		<-m.busy
		m.busy = nil
	}
}

// afterwards calls f when the model is free: at once, or behind what was left in the background.
func (m *Model) afterwards(f func()) {
	if m.busy == nil {
		f()
		return
	}
	before, done := m.busy, make(chan struct{})
	m.busy = done
	go func() {
		defer close(done)
		<-before
		f()
	}()
}

func (m *Model) settleWithin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.busy == nil {
		return nil
	}
	select {
	case <-m.busy:
		m.busy = nil
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
