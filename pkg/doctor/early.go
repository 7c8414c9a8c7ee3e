package doctor

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"example.com/unstuck/pkg/training"
)

// early runs trainings before the examination asks for them, beside the one that it waits for. What it decides by is what it asked
// for, one after the other, so the report is the same however many run at once: those that it never asks for are ended and forgotten.
type early struct {
	ctx  context.Context
	most int // beside the one that is waited for; 0: nothing runs early
	run  func(ctx context.Context, name string, c training.Training) (*Outcome, error)

	mu       sync.Mutex
	expected []expected           // in the order in which they will be asked for
	runs     map[string]*earlyRun // begun, and neither asked for nor given up
	beside   int                  // goroutines that nobody waits for
	ended    sync.WaitGroup
}

func newEarly(ctx context.Context, sideBySide int, run func(ctx context.Context, name string, c training.Training) (*Outcome, error)) *early {
	return &early{ctx: ctx, most: sideBySide - 1, run: run, runs: map[string]*earlyRun{}}
}

// expected is a training that may be asked for.
type expected struct {
	name string // two of one name are the same treatment of the same training
	make func() (training.Training, error)
	// guess says that what the examination will ask for under this name may be another training, so both are compared.
	guess bool
}

// earlyRun is one of them.
type earlyRun struct {
	expected
	cancel   context.CancelFunc
	training training.Training
	outcome  *Outcome
	err      error
	panicked any
	waited   bool
	done     chan struct{}
}

// expect replaces what is expected: what runs and isn't any more is ended.
func (e *early) expect(list []expected) {
	if e.most == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expected = list
	for name, r := range e.runs {
		if !slices.ContainsFunc(list, func(x expected) bool { return x.name == name }) {
			r.cancel()
			delete(e.runs, name)
		}
	}
	e.fill()
}

// fill begins what is expected as long as there is room. What is done and not asked for yet takes room too: a plan of many
// trials isn't run ahead to its end.
func (e *early) fill() {
	for _, x := range e.expected {
		if e.beside >= e.most || len(e.runs) >= 2*e.most || e.ctx.Err() != nil {
			return
		}
		if e.runs[x.name] != nil {
			continue
		}
		r := &earlyRun{expected: x, done: make(chan struct{})}
		var ctx context.Context
		ctx, r.cancel = context.WithCancel(e.ctx)
		e.runs[x.name] = r
		e.beside++
		e.ended.Go(func() { e.work(ctx, r) })
	}
}

func (e *early) work(ctx context.Context, r *earlyRun) {
	defer func() {
		if p := recover(); p != nil {
			r.panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
		r.cancel()
		e.mu.Lock()
		defer e.mu.Unlock()
		close(r.done)
		if !r.waited {
			e.beside--
			e.fill()
		}
	}()
	if r.training, r.err = r.make(); r.err == nil {
		r.outcome, r.err = e.run(ctx, r.name, r.training)
	}
}

// get is what becomes of a training: of the run of that name that has begun already, or of one that begins now.
func (e *early) get(name string, c training.Training) (*Outcome, error) {
	r := e.take(name)
	if r == nil {
		return e.run(e.ctx, name, c)
	}
	<-r.done
	switch {
	case r.guess && !sameTraining(r.training, c):
		return e.run(e.ctx, name, c)
	case r.panicked != nil:
		panic(r.panicked) // as it would have where nothing runs early
	}
	return r.outcome, r.err
}

// take is the run of a name, now waited for; nil: it hasn't begun.
func (e *early) take(name string) *earlyRun {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expected = slices.DeleteFunc(slices.Clone(e.expected), func(x expected) bool { return x.name == name })
	r := e.runs[name]
	if r != nil {
		delete(e.runs, name)
		select {
		case <-r.done:
		default:
			r.waited = true
			e.beside--
		}
	}
	e.fill()
	return r
}

// end ends everything. done, unless it is nil, is called when nothing runs any more, and nobody waits for that: a compilation can't be
// interrupted.
func (e *early) end(done func()) {
	e.mu.Lock()
	e.expected = nil
	for _, r := range e.runs {
		r.cancel()
	}
	e.mu.Unlock()
	if done == nil {
		e.ended.Wait()
		return
	}
	go func() {
		e.ended.Wait()
		done()
	}()
}
