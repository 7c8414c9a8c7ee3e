package distributed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
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
	w, err := q.newWorker(ctx, o)
	if err != nil {
		return fmt.Errorf("distributed: worker: %w", err)
	}
	defer w.stopListening()
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
	consumers []jetstream.Consumer
	shelf     *shelf
	examineOn compute.Backend // nil: the doctor's choice
	listening *nats.Subscription
	stop      context.CancelCauseFunc // ends Work

	mutex sync.Mutex
	atask map[string]map[*job]bool // by search
}

// job is a task that a worker is at.
type job struct {
	msg        jetstream.Msg
	search, id string
	tries      uint64
	cancel     context.CancelCauseFunc
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
		err := retry{}.do(ctx, func(ctx context.Context) error {
			c, err := q.consumer(ctx, label)
			w.consumers = append(w.consumers, c)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	w.consumers = slices.DeleteFunc(w.consumers, func(c jetstream.Consumer) bool { return c == nil })
	var err error
	w.listening, err = q.conn.Subscribe(q.cancelSubject("*"), func(m *nats.Msg) {
		w.cancelAll(strings.TrimPrefix(m.Subject, q.cancelSubject("")))
	})
	return w, err
}

func or(v, other int) int {
	if v == 0 {
		return other
	}
	return v
}

func (w *worker) stopListening() { _ = w.listening.Unsubscribe() } // a closed connection has none

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
		msg, err := w.next(ctx)
		switch {
		case err != nil:
			pause(ctx, 200*time.Millisecond) // the server is being started again
		case msg != nil:
			w.handle(ctx, msg)
		}
	}
}

// next waits for a task, for a while. nil: there is none.
func (w *worker) next(ctx context.Context) (jetstream.Msg, error) {
	for i, c := range w.consumers {
		wait := 20 * time.Millisecond
		if i == len(w.consumers)-1 {
			wait = time.Second
			if i > 0 {
				wait = 200 * time.Millisecond // what asks for no label waits meanwhile
			}
		}
		// Not with a context: a task that the server sends just before wait is over would be thrown away where this machine is busy, and be
		// nobody's for a lease. So the client waits a second longer than the server.
		batch, err := c.Fetch(1, jetstream.FetchMaxWait(wait))
		if err != nil {
			return nil, err
		}
		select {
		case msg := <-batch.Messages():
			if msg != nil {
				return msg, nil
			}
		case <-ctx.Done():
			declined(batch)
			return nil, context.Cause(ctx)
		}
		if err := batch.Error(); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
			return nil, err
		}
	}
	return nil, nil
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
func (w *worker) handle(ctx context.Context, msg jetstream.Msg) {
	search, id, ok := placeOf(msg.Subject())
	meta, err := msg.Metadata()
	if !ok || err != nil {
		_ = msg.Term() // nobody can do anything with it
		return
	}
	one, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	j := &job{msg: msg, search: search, id: id, tries: meta.NumDelivered, cancel: cancel}
	w.begin(j)
	defer w.end(j)
	defer w.renew(one, j)()
	switch err := w.do(one, j); {
	case err == nil:
		_ = retry{patience: 2 * w.queue.lease}.do(ctx, msg.DoubleAck) // else it comes again, and has a result
	case errors.Is(context.Cause(one), ErrCancelled):
		_ = msg.Term() // it was purged already
	case ctx.Err() != nil:
		w.giveBack(ctx, j, 0)
	case errors.As(err, new(unlike)):
		w.stop(err)
		w.giveBack(ctx, j, time.Second) // not to this worker, which may still be asking for the next one
	default:
		w.note(ctx, j, func(n *note) { n.Err = err.Error() })
		_ = msg.NakWithDelay(time.Second) // else its lease ends by itself
	}
}

func (w *worker) begin(j *job) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.atask[j.search] == nil {
		w.atask[j.search] = map[*job]bool{}
	}
	w.atask[j.search][j] = true
}

func (w *worker) end(j *job) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.atask[j.search], j)
	if len(w.atask[j.search]) == 0 {
		delete(w.atask, j.search)
	}
}

// renew renews the lease of a task until what it returns is called.
func (w *worker) renew(ctx context.Context, j *job) (stop func()) {
	ticker, done := time.NewTicker(w.queue.lease/3), make(chan struct{})
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_ = j.msg.InProgress() // the next one may get through
			case <-ctx.Done():
				return
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}

// do does a task and writes its result. An error is no result: somebody else may do it.
func (w *worker) do(ctx context.Context, j *job) error {
	key := j.search + "." + j.id
	err := retry{}.do(ctx, func(ctx context.Context) error {
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
	err = retry{}.do(ctx, func(ctx context.Context) error {
		_, err := w.queue.results.Create(ctx, key, text)
		return err
	})
	if errors.Is(err, jetstream.ErrKeyExists) { // of another worker, whose lease had ended or who is as slow; or a try whose answer was lost
		return nil
	}
	return err
}
