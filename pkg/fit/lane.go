package fit

import "context"

// lane is the engine of one training of a group.
type lane struct {
	group   *group
	at      int // among the lanes
	m       *Model
	trainer *trainer // nil: not ready yet

	request *request // nil: it doesn't wait for anything
	ahead   bool     // the group's stack has newer values than the model's variables
	order   *order   // that it is in
	next    int      // step of it that comes next
	closed  bool
	alone   engine // of a lane that went its own way; nil: none did
}

// train implements engine. A training that goes back to steps behind it, as one does that looks for where NaN came from, or to other counts, goes on alone.
func (l *lane) train(ctx context.Context, o *order, rates []float32, from, to int, validate bool) (outcome, error) {
	if l.alone == nil && !l.inStep(o, from) {
		if err := l.part(); err != nil {
			return outcome{}, err
		}
	}
	if l.alone != nil {
		return l.alone.train(ctx, o, rates, from, to, validate)
	}
	if from == to {
		return outcome{}, nil
	}
	l.order, l.next = o, from
	r := &request{ctx: ctx, order: o, rates: rates, at: from, to: to, validate: validate, done: make(chan struct{})}
	l.group.submit(l, r)
	select {
	case <-r.done:
	case <-ctx.Done():
		if l.group.withdraw(l, r) {
			return r.out, ctx.Err()
		}
		<-r.done
	}
	return r.out, r.err
}

// inStep tells whether these steps are the ones that the other lanes come to next.
func (l *lane) inStep(o *order, from int) bool {
	if o == l.order && from != l.next || o != l.order && from != 0 {
		return false
	}
	return l.ahead || l.group.countsAlike(l)
}

// part leaves the group for an engine of its own.
func (l *lane) part() error {
	m, t := l.trainer.m, l.trainer
	l.leave()
	var err error
	l.alone, err = m.newEngine(t.data, t.config, t.capacity)
	return err
}

// leave takes what belongs to the model from the group.
func (l *lane) leave() {
	m := l.trainer.m
	if m.state.lane != l {
		return
	}
	if l.ahead {
		if err := l.take(); err != nil { // the model goes back to what it had, as with any state that can't be read
			l.ahead, m.progress = false, m.onHost
		}
	}
	m.state.lane = nil
	l.group.leave(l)
}

// close implements engine.
func (l *lane) close() {
	l.leave()
	if l.alone != nil {
		l.alone.close()
		l.alone = nil
	}
}
