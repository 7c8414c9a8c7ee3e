package distributed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/unstuck/pkg/exchange/wire"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// resultOf does a task. What is wrong with the training is its result; the error is of what kept it from being done.
func (w *worker) resultOf(ctx context.Context, j *job) (result, error) {
	n := note{}
	if j.tries > 1 {
		n = w.queue.noted(ctx, j.key())
	}
	if begun := int(j.tries) - 1 - n.GivenBack; begun >= w.options.Tries {
		text := fmt.Sprintf("set aside: it was begun %d times and no worker came to an end with it", begun)
		if n.Err != "" {
			return result{Err: text + "; the last one said: " + n.Err}, nil
		}
		return result{Err: text + ": they were killed, for want of memory perhaps, or crashed"}, nil
	}
	t, err := w.queue.taskOf(ctx, j.last().Data())
	if err != nil {
		return result{}, err
	}
	switch t.Kind {
	case kindTraining:
		return w.train(ctx, t)
	case kindExamine:
		return w.examine(ctx, t)
	}
	return result{}, unlike{fmt.Errorf("a task of kind %.40q: this worker knows none such: run the same version of unstuck everywhere", t.Kind)}
}

// unlike is an error of a worker that is of another version than who asks: it can do none of these tasks, and is no sign against them.
type unlike struct{ error }

func (u unlike) Unwrap() error { return u.error }

// trainingOf reads the training of a task.
func (w *worker) trainingOf(ctx context.Context, t task) (training.Training, error) {
	var missing error
	get := w.shelf.get(ctx)
	read, err := wire.Decoder{Get: func(sum string) ([]float32, error) {
		values, err := get(sum)
		missing = errors.Join(missing, err)
		return values, err
	}}.Training(t.Training)
	if err != nil && missing == nil {
		err = unlike{fmt.Errorf("the task can't be read: %w: run the same version of unstuck everywhere", err)}
	}
	if err == nil && w.options.Began != nil {
		w.options.Began()
	}
	return read, err
}

// taskOf reads a task.
func (q *Queue) taskOf(ctx context.Context, text []byte) (task, error) {
	var t task
	if err := json.Unmarshal(text, &t); err != nil {
		return t, unlike{fmt.Errorf("the task can't be read: %w", err)}
	}
	if t.Version != version {
		return t, unlike{fmt.Errorf("the task is of version %d, this worker does those of version %d: run the same version of unstuck everywhere", t.Version, version)}
	}
	if t.Aside == "" {
		return t, nil
	}
	whole, err := q.brought(ctx, t.Aside)
	if err != nil {
		return t, err
	}
	t = task{}
	return t, json.Unmarshal(whole, &t)
}

func (w *worker) train(ctx context.Context, t task) (result, error) {
	read, err := w.trainingOf(ctx, t)
	if err != nil {
		return result{}, err
	}
	how := explore.Run{Fit: fit.Options{Backend: w.options.Backend}, AllowNonFinite: t.AllowNonFinite}
	h, err := how.Train(ctx, read)
	switch {
	case ctx.Err() != nil:
		return result{}, context.Cause(ctx)
	case err != nil:
		return result{Err: err.Error()}, nil
	}
	text, err := (&wire.Encoder{}).Value(*h)
	return result{History: text}, err
}

// longResult sets a result aside and says where.
func (q *Queue) longResult(ctx context.Context, r result, text []byte) ([]byte, error) {
	sum := sha256.Sum256(text)
	aside := hex.EncodeToString(sum[:])
	if err := q.setAside(ctx, aside, text); err != nil {
		return nil, err
	}
	return json.Marshal(result{Took: r.Took, Worker: r.Worker, Tries: r.Tries, Aside: aside})
}

// note is what is known of a task that was begun and has no result.
type note struct {
	Err       string `json:"error,omitempty"` // why the last worker could not do it
	GivenBack int    `json:"given_back"`      // how often it came again though nothing had gone wrong with it: a worker ended in order, or was at it still
}

func (q *Queue) noted(ctx context.Context, key string) (n note) {
	_ = retry{queue: q, patience: time.Second}.do(ctx, func(ctx context.Context) error { // without it the task counts as tried once more
		entry, err := q.notes.Get(ctx, key)
		if err == nil {
			err = json.Unmarshal(entry.Value(), &n)
		}
		return err
	})
	return n
}

// note changes the note of a task, which is at one worker at a time.
func (q *Queue) note(ctx context.Context, key string, change func(*note)) {
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	n := q.noted(ctx, key)
	change(&n)
	if text, err := json.Marshal(n); err == nil {
		_, _ = q.notes.Put(ctx, key, text) // a note is a help, no promise
	}
}

// giveBack hands a task to the next worker after a while.
func (w *worker) giveBack(ctx context.Context, j *job, after time.Duration) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 300*time.Millisecond)
	defer done()
	w.present.set(j, true)
	w.queue.note(ctx, j.key(), func(n *note) { n.GivenBack++ })
	_ = j.last().NakWithDelay(after) // else its lease ends by itself
	if err := w.queue.conn.FlushWithContext(ctx); err == nil {
		w.present.givenBack(j)
	}
}
