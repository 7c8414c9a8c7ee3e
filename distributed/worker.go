package distributed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/unstuck/pkg/backend"
)

// WorkerOptions say how a worker works. The zero value trains one training at a time, on the best backend there is.
type WorkerOptions struct {
	Parallel int             // trainings at a time; 0: 1
	Backend  compute.Backend // nil: backend.Default(), and for examinations what [doctor.Examine] takes then
	Labels   []string        // trainings that ask for one of these labels are taken besides those that ask for none
	// Tries is how often a training may be begun without that a result came of it, because its workers were killed: then it is set aside
	// with an error. A worker that ends in order doesn't count. 0: 5.
	Tries int
	Room  int64        // bytes of data that are kept for the next training; 0: 1 GiB
	Began func()       // is called ahead of each training that could be read, from several goroutines; nil: nothing
	Told  func(Worked) // is called after each training, from several goroutines; nil: nothing
}

// Worked is a training that a worker is done with.
type Worked struct {
	Search, ID string
	Err        string // of the training
	Took       time.Duration
}

// Work trains what is queued until ctx ends, which gives back what it is at. A task of another version of this program ends it as well,
// with an error that says so: somebody else may do it.
func (q *Queue) Work(ctx context.Context, o WorkerOptions) error {
	return leave(ctx, func() error { return q.work(ctx, o) })
}

func (q *Queue) work(ctx context.Context, o WorkerOptions) error {
	w, err := q.newWorker(ctx, o)
	if err != nil {
		return fmt.Errorf("distributed: worker: %w", err)
	}
	defer w.stopListening()
	defer w.present.end()
	ctx, w.stop = context.WithCancelCause(ctx)
	defer w.stop(nil)
	var slots sync.WaitGroup
	for range w.options.Parallel {
		slots.Go(func() { w.slot(ctx) })
	}
	slots.Wait()
	err = context.Cause(ctx)
	if errors.As(err, new(unlike)) {
		err = fmt.Errorf("distributed: worker: %w", err)
	}
	return err
}

type worker struct {
	queue     *Queue
	options   WorkerOptions
	name      string
	sources   []source
	shelf     *shelf
	present   *present
	examineOn compute.Backend // nil: the doctor's choice
	listening []*nats.Subscription
	stop      context.CancelCauseFunc // ends Work

	mutex sync.Mutex
	atask map[string]map[*job]bool // by search
}

func (q *Queue) newWorker(ctx context.Context, o WorkerOptions) (*worker, error) {
	switch {
	case o.Parallel < 0:
		return nil, fmt.Errorf("%d trainings at a time: must be positive", o.Parallel)
	case o.Tries < 0:
		return nil, fmt.Errorf("%d tries: must be positive", o.Tries)
	}
	o.Parallel, o.Tries = max(1, o.Parallel), or(o.Tries, 5)
	if o.Room <= 0 {
		o.Room = 1 << 30
	}
	examineOn := o.Backend
	if o.Backend == nil {
		b, err := backend.Default()
		if err != nil {
			return nil, err
		}
		o.Backend = b.Backend
	}
	host, _ := os.Hostname() // a worker without one is told by its number
	w := &worker{queue: q, options: o, name: fmt.Sprintf("%s:%d", host, os.Getpid()), examineOn: examineOn, shelf: newShelf(q, o.Room), atask: map[string]map[*job]bool{}}
	for _, label := range append([]string{anywhere}, o.Labels...) {
		if !goodName.MatchString(label) {
			return nil, fmt.Errorf("the label %q: must be 1 to 60 letters, digits, - and _", label)
		}
		err := retry{queue: q}.do(ctx, func(ctx context.Context) error {
			c, err := q.consumer(ctx, label)
			if err == nil {
				w.sources = append(w.sources, source{label, c})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var err error
	if w.present, err = q.newPresent(); err != nil {
		return nil, err
	}
	for subject, do := range map[string]nats.MsgHandler{
		q.cancelSubject("*"): func(m *nats.Msg) { w.cancelAll(strings.TrimPrefix(m.Subject, q.cancelSubject(""))) },
		q.atSubject():        w.answer,
	} {
		l, err := q.conn.Subscribe(subject, do)
		if err != nil {
			return nil, err
		}
		w.listening = append(w.listening, l)
	}
	return w, nil
}

// or is v, or the default where v is zero.
func or[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}

func (w *worker) stopListening() {
	for _, l := range w.listening {
		_ = l.Unsubscribe() // a closed connection has none
	}
}

func (w *worker) cancelAll(search string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for j := range w.atask[search] {
		j.cancel(ErrCancelled)
	}
}

// slot does one task after the other.
func (w *worker) slot(ctx context.Context) {
	for ctx.Err() == nil {
		from, msg, err := w.next(ctx)
		switch {
		case err != nil:
			pause(ctx, 200*time.Millisecond) // the server is being started again
		case msg != nil:
			w.handle(ctx, from, msg)
		}
	}
}

// next waits for a task, for a while. nil: there is none.
func (w *worker) next(ctx context.Context) (from source, msg jetstream.Msg, err error) {
	for i, from := range w.sources {
		wait := 20 * time.Millisecond
		if i == len(w.sources)-1 {
			wait = time.Second
			if i > 0 {
				wait = 200 * time.Millisecond // what asks for no label waits meanwhile
			}
		}
		// Not with a context: a task that the server sends just before wait is over would be thrown away where this machine is busy, and be
		// nobody's for a lease. So the client waits a second longer than the server.
		batch, err := from.consumer.Fetch(1, jetstream.FetchMaxWait(wait))
		if err != nil {
			return from, nil, err
		}
		select {
		case msg := <-batch.Messages():
			if msg != nil {
				return from, msg, nil
			}
		case <-ctx.Done():
			declined(batch)
			return from, nil, context.Cause(ctx)
		}
		if err := batch.Error(); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
			return from, nil, err
		}
	}
	return source{}, nil, nil
}

// declined gives back what comes of a request that can't be taken back: for a moment here, for the process may end then, and later
// as long as it doesn't.
func declined(batch jetstream.MessageBatch) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for msg := range batch.Messages() {
			_ = msg.Nak() // else its lease ends by itself
		}
	}()
	select {
	case <-done:
	case <-time.After(200 * time.Millisecond):
	}
}

// handle does a task, writes its result, and takes it out of the queue.
func (w *worker) handle(ctx context.Context, from source, msg jetstream.Msg) {
	search, id, ok := placeOf(msg.Subject())
	meta, err := msg.Metadata()
	if !ok || err != nil {
		_ = msg.Term() // nobody can do anything with it
		return
	}
	one, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	j := &job{msg: msg, sequence: meta.Sequence.Stream, search: search, id: id, tries: meta.NumDelivered, cancel: cancel}
	if !w.begin(j) {
		w.queue.note(ctx, j.key(), func(n *note) { n.GivenBack++ }) // that its lease ended was no lost try
		return
	}
	defer w.end(j)
	w.present.set(j, false)
	defer w.present.forget(j)
	defer w.renew(one, from, j)()
	switch err := w.do(one, j); {
	case err == nil:
		_ = j.last().Ack() // else it comes again, and has a result; a server that was started anew may know of no delivery, and never answer
	case errors.Is(context.Cause(one), ErrCancelled):
		_ = j.last().Term() // it was purged already
	case ctx.Err() != nil:
		w.giveBack(ctx, j, 0)
	case errors.As(err, new(unlike)):
		w.stop(err)
		w.giveBack(ctx, j, time.Second) // not to this worker, which may still be asking for the next one
	default:
		w.queue.note(ctx, j.key(), func(n *note) { n.Err = err.Error() })
		_ = j.last().NakWithDelay(time.Second) // else its lease ends by itself
	}
}

// do does a task and writes its result. An error is no result: somebody else may do it.
func (w *worker) do(ctx context.Context, j *job) error {
	key := j.key()
	err := retry{queue: w.queue}.do(ctx, func(ctx context.Context) error {
		_, err := w.queue.results.Get(ctx, key)
		return err
	})
	if !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err // nil: it has one
	}
	began := time.Now()
	r, err := w.resultOf(ctx, j)
	if err != nil {
		return err
	}
	r.Took, r.Worker, r.Tries = time.Since(began), w.name, j.tries
	if err := w.keep(ctx, key, r); err != nil {
		return err
	}
	if w.options.Told != nil {
		w.options.Told(Worked{Search: j.search, ID: j.id, Err: r.Err, Took: r.Took})
	}
	return nil
}

// keep writes a result, unless there is one.
func (w *worker) keep(ctx context.Context, key string, r result) error {
	text, err := json.Marshal(r)
	if err == nil && len(text) > largest {
		text, err = w.queue.longResult(ctx, r, text)
	}
	if err != nil {
		return err
	}
	err = retry{queue: w.queue}.do(ctx, func(ctx context.Context) error {
		_, err := w.queue.results.Create(ctx, key, text)
		return err
	})
	if errors.Is(err, jetstream.ErrKeyExists) { // of another worker, whose lease had ended or who is as slow; or a try whose answer was lost
		return nil
	}
	return err
}
