package fit

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gomlx/compute/dtypes"
)

// group runs trainings in step: each asks for steps as if it were alone, and when all have, they are one execution.
type group struct {
	width    int // replicas that the program has; those beyond the lanes are copies of one that nobody looks at
	lanes    []*lane
	executor executor
	stack    stacked
	pace     pace // of the executions, which the lanes' trainers go by

	mu      sync.Mutex
	running bool
	stopped *sync.Cond // an execution has ended
	orders  map[orderKey]*order
}

// executor does the steps of all lanes.
type executor interface {
	// train runs the steps from..to-1 of each lane's order, and evaluates the validation data behind them where it should.
	train(from, to int, validate bool) ([]outcome, error)
	close()
}

// orderKey is what the order of batches depends on, of trainings on the same data.
type orderKey struct {
	first, epochs int
	shuffled      bool
	seed          int64
}

// order is the batch order of a lane, the same one for all to which it is the same.
func (g *group) order(ctx context.Context, t *trainer, epochs int) *order {
	key := orderKey{t.m.epochs, epochs, !t.config.NoShuffle, t.m.options.Seed}
	if t.config.NoShuffle {
		key.seed = 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if o := g.orders[key]; o != nil {
		return o
	}
	for k := range g.orders {
		if k.first != key.first {
			delete(g.orders, k) // of epochs that are over
		}
	}
	o := newOrder(ctx, t.rows, t.config.BatchSize, t.capacity, key.first, epochs, key.shuffled, key.seed)
	if ctx.Err() == nil {
		g.orders[key] = o
	}
	return o
}

// oneOrder tells whether all lanes take the rows in the same order.
func (g *group) oneOrder() bool {
	first := g.lanes[0].trainer
	return first.config.NoShuffle && !slices.ContainsFunc(g.lanes, func(l *lane) bool { return !l.trainer.config.NoShuffle }) ||
		!slices.ContainsFunc(g.lanes, func(l *lane) bool {
			t := l.trainer
			return t.config.NoShuffle != first.config.NoShuffle || t.m.options.Seed != first.m.options.Seed || t.m.epochs != first.m.epochs
		})
}

// open compiles the program of all lanes, whose trainers are ready.
func (g *group) open() error {
	g.stopped = sync.NewCond(&g.mu)
	g.orders = map[orderKey]*order{}
	m := g.lanes[0].trainer.m
	g.pace = m.pace
	var err error
	if g.stack.along, err = g.different(); err != nil {
		return err
	}
	if m.canLoop() && !m.options.Stepwise {
		g.executor, err = newFusedGroup(g)
	} else {
		g.executor, err = newStepGroup(g)
	}
	return apartIfUnsupported(err)
}

// different says of each variable of the state whether the lanes have values of their own. Counts and random numbers that begin alike stay
// alike: no training changes what they are counted or drawn by.
func (g *group) different() ([]bool, error) {
	first := &g.lanes[0].trainer.m.state
	along := make([]bool, len(first.vars))
	for i, v := range first.vars {
		if v.DType() == dtypes.Float32 {
			along[i] = true
			continue
		}
		want, err := first.valueOf(i)
		if err != nil {
			return nil, err
		}
		for _, l := range g.lanes[1:] {
			got, err := l.trainer.m.state.valueOf(i)
			if err != nil {
				return nil, err
			}
			along[i] = along[i] || !equal(got, want)
		}
	}
	return along, nil
}

// request is what a lane asks for.
type request struct {
	ctx      context.Context
	order    *order
	rates    []float32
	at, to   int
	validate bool
	out      outcome
	err      error
	done     chan struct{}
}

// submit asks for steps; they are done when all open lanes have asked.
func (g *group) submit(l *lane, r *request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l.request = r
	g.begin()
}

// withdraw takes a request back; false: it is being done, or has been.
func (g *group) withdraw(l *lane, r *request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running || l.request != r {
		return false
	}
	l.request = nil
	return true
}

// begin begins an execution when there is none and every open lane waits for one. g.mu is held.
func (g *group) begin() {
	open := 0
	for _, l := range g.lanes {
		if l.closed {
			continue
		}
		if open++; l.request == nil {
			return
		}
	}
	if open > 0 && !g.running {
		g.running = true
		go g.execute()
	}
}

// execute does as many steps as all lanes ask for.
func (g *group) execute() {
	var asking []*lane
	for _, l := range g.lanes { // nothing changes while it is running
		if !l.closed {
			asking = append(asking, l)
		}
	}
	from, to, validate := asking[0].request.at, asking[0].request.to, false
	for _, l := range asking {
		to = min(to, l.request.to)
		validate = validate || l.request.validate
	}
	validate = validate && !slices.ContainsFunc(asking, func(l *lane) bool { return l.request.to != to })
	var outcomes []outcome
	err := catch(func() {
		err := g.gather(asking)
		if err == nil {
			outcomes, err = g.executor.train(from, to, validate)
		}
		if err != nil {
			panic(err)
		}
	})

	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = false
	for _, l := range asking {
		r := l.request
		if r.err = err; err == nil {
			r.out.records = append(r.out.records, outcomes[l.at].records...)
			r.out.validation = outcomes[l.at].validation
			r.at, l.next = to, to
			l.trainer.m.pace = g.pace
			if r.at < r.to {
				r.err = r.ctx.Err()
			}
		} else {
			l.trainer.m.state.torn = l.ahead
		}
		if r.err != nil || r.at == r.to {
			l.request = nil
			close(r.done)
		}
	}
	g.stopped.Broadcast()
	g.begin()
}

// took notes how long an execution took.
func (g *group) took(began time.Time, steps, batches int) {
	g.pace.took(time.Since(began), steps, batches)
}

// leave closes a lane; behind the last one the group's memory is freed.
func (g *group) leave(l *lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.running {
		g.stopped.Wait()
	}
	if l.closed {
		return
	}
	l.closed = true
	if !slices.ContainsFunc(g.lanes, func(l *lane) bool { return !l.closed }) {
		g.free()
		return
	}
	g.begin()
}

// free gives back what is on the device.
func (g *group) free() {
	g.stack.release()
	if g.executor != nil {
		g.executor.close()
		g.executor = nil
	}
}

// close ends a group that never began.
func (g *group) close() {
	for _, l := range g.lanes {
		l.m.state.lane = nil
		l.closed = true
	}
	g.free()
}
