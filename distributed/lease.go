package distributed

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// source hands out the tasks of a label.
type source struct {
	label    string
	consumer jetstream.Consumer
}

// job is a task that a worker is at.
type job struct {
	sequence   uint64 // of the message in the stream: a task that was cancelled and queued again has another one
	search, id string
	tries      uint64
	cancel     context.CancelCauseFunc

	mutex sync.Mutex
	msg   jetstream.Msg // as it was delivered last
}

// key is that of its result and its note.
func (j *job) key() string { return j.search + "." + j.id }

func (j *job) last() jetstream.Msg {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.msg
}

// begin takes a task, unless this worker is at it: then its lease ended too early, and who is at it answers for this delivery as well.
func (w *worker) begin(j *job) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for other := range w.atask[j.search] {
		if other.sequence == j.sequence {
			other.mutex.Lock()
			defer other.mutex.Unlock()
			other.msg = j.msg
			return false
		}
	}
	if w.atask[j.search] == nil {
		w.atask[j.search] = map[*job]bool{}
	}
	w.atask[j.search][j] = true
	return true
}

func (w *worker) end(j *job) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.atask[j.search], j)
	if len(w.atask[j.search]) == 0 {
		delete(w.atask, j.search)
	}
}

// lookEvery is the longest time between two looks at how long a lease is.
const lookEvery = 2 * time.Second

// renew renews the lease of a task until what it returns is called. How long it is now the server says: somebody may have changed it.
func (w *worker) renew(ctx context.Context, from source, j *job) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		if w.taken(ctx, j) {
			j.cancel(ErrCancelled)
			return
		}
		lease := from.consumer.CachedInfo().Config.AckWait
		for renewed := time.Now(); pause(ctx, min(lease/3, lookEvery)); {
			if time.Since(renewed) > lease/4 {
				_ = j.last().InProgress() // the next one may get through
				renewed = time.Now()
			}
			look, done := context.WithTimeout(ctx, lease/3)
			if now, err := w.queue.leaseNow(look, from.label); err == nil { // else the one before is the best guess
				lease = now
			}
			done()
		}
	}()
	return cancel
}

// taken tells that a task has been taken out of the queue, as far as that can be learned: its search was cancelled while it was on its way to
// this worker, who wasn't at it yet when all were told.
func (w *worker) taken(ctx context.Context, j *job) bool {
	look, done := context.WithTimeout(ctx, lookEvery)
	defer done()
	_, err := w.queue.trials.GetMsg(look, j.sequence)
	return errors.Is(err, jetstream.ErrMsgNotFound)
}

// leaseNow is how long a task of a label is kept for a silent worker.
func (q *Queue) leaseNow(ctx context.Context, label string) (time.Duration, error) {
	c, err := q.trials.Consumer(ctx, label)
	if err != nil {
		return 0, err
	}
	return c.CachedInfo().Config.AckWait, nil
}
