package distributed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/unstuck/pkg/exchange/wire"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/training"
)

// RunnerOptions say how a search's trainings are queued.
type RunnerOptions struct {
	// Search names them together: results are found again under it, and Cancel takes it, which ends it for all who wait. Letters, digits, - and _. Empty: a hash of all
	// of them.
	Search string
	Label  string // that a worker must have, "gpu"; empty: any worker will do
	// Keep leaves what is queued to the workers when the context ends; submitting it again finds what they did. Else it is cancelled.
	Keep bool
}

// Runner has the queue's workers run a search's trainings.
//
// The same training of the same search that is submitted again, by whomever, is not trained again: its result is taken as it is, an error too.
// Which backend trains is the workers' choice.
func (q *Queue) Runner(o RunnerOptions) explore.Runner { return runner{q, o} }

type runner struct {
	queue   *Queue
	options RunnerOptions
}

// Run implements [explore.Runner].
func (r runner) Run(ctx context.Context, all []training.Training, how explore.Run, told func(explore.Outcome)) error {
	return leaveTelling(ctx, told, func(told func(explore.Outcome)) error { return r.run(ctx, all, how, told) })
}

func (r runner) run(ctx context.Context, all []training.Training, how explore.Run, told func(explore.Outcome)) error {
	e := &wire.Encoder{Put: func(sum string, content []byte) error { return r.queue.setAside(ctx, sum, content) }}
	s, err := newSubmission(r.queue, r.options)
	if err != nil {
		return err
	}
	for i, t := range all {
		text, err := trainingTask(e, t, how)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			told(explore.Outcome{Index: i, Err: err})
		default:
			s.add(i, text)
		}
	}
	return s.run(ctx, func(i int, res result) error {
		o, err := res.outcome(i)
		if err == nil {
			told(o)
		}
		return err
	})
}

// submission is tasks that somebody waits for.
type submission struct {
	queue   *Queue
	options RunnerOptions
	tasks   map[string]*queued // those without a result, by their ids
	order   []string
	search  string
}

type queued struct {
	text    []byte
	indices []int // of equal ones there may be several
}

func newSubmission(q *Queue, o RunnerOptions) (*submission, error) {
	if o.Label == "" {
		o.Label = anywhere
	}
	for _, name := range []string{o.Search, o.Label} {
		if name != "" && !goodName.MatchString(name) {
			return nil, fmt.Errorf("distributed: the name %q: must be 1 to 60 letters, digits, - and _", name)
		}
	}
	return &submission{queue: q, options: o, tasks: map[string]*queued{}}, nil
}

func (s *submission) add(index int, text []byte) {
	id := idOf(text)
	if s.tasks[id] == nil {
		s.tasks[id] = &queued{text: text}
		s.order = append(s.order, id)
	}
	s.tasks[id].indices = append(s.tasks[id].indices, index)
}

// run waits until every task has a result.
func (s *submission) run(ctx context.Context, told func(int, result) error) error {
	s.search = s.options.Search
	if s.search == "" {
		sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(s.order)), " ")))
		s.search = hex.EncodeToString(sum[:8])
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	// Who cancels it elsewhere purges what is queued, which would be queued again from here.
	cancelled, err := s.queue.conn.Subscribe(s.queue.cancelSubject(s.search), func(*nats.Msg) { end(ErrCancelled) })
	if err != nil {
		return fmt.Errorf("distributed: %w", err)
	}
	defer func() { _ = cancelled.Unsubscribe() }() // a closed connection has none
	for len(s.tasks) > 0 {
		if err := s.round(ctx, told); err != nil {
			if ctx.Err() == nil {
				return fmt.Errorf("distributed: %w", err)
			}
			if !s.options.Keep && !errors.Is(context.Cause(ctx), ErrCancelled) {
				s.cancel(ctx)
			}
			return context.Cause(ctx)
		}
	}
	return nil
}

func (s *submission) cancel(ctx context.Context) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), inOrder-100*time.Millisecond)
	defer done()
	_ = s.queue.cancelOnce(ctx, s.search) // a server that can't be reached now has no workers that could be told
}

// quiet is how long nothing may come before it is looked whether something was lost on the way.
const quiet = time.Minute

// round takes the results that are there, queues the tasks that have none, and waits for more: until all are there, or the connection was
// made anew, or nothing has come for long, when the next round looks whether everything is still queued. Nothing is ever taken for granted
// that a server said before it was started again.
func (s *submission) round(ctx context.Context, told func(int, result) error) error {
	again := s.queue.connected().Done()
	watch, stop, err := s.watch(ctx)
	if err != nil {
		return err
	}
	defer stop()
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for len(s.tasks) > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again:
			return nil
		case <-timer.C:
			return nil
		case entry, open := <-watch.Updates():
			switch {
			case !open:
				return nil
			case entry == nil: // all that was there has come
				if err := s.publish(ctx); err != nil {
					return err
				}
			case entry.Operation() == jetstream.KeyValuePut:
				if err := s.take(ctx, entry, told); err != nil {
					return err
				}
			}
			timer.Reset(quiet)
		}
	}
	return nil
}

// watch begins to watch the search's results, those first that are there.
func (s *submission) watch(ctx context.Context) (watch jetstream.KeyWatcher, stop func(), err error) {
	err = retry{queue: s.queue}.do(ctx, func(try context.Context) (err error) {
		// The watch ends with its context, which therefore can't be that of one try; but a server that was killed never answers.
		watching, cancel := context.WithCancel(ctx)
		forget := context.AfterFunc(try, cancel)
		watch, err = s.queue.results.Watch(watching, s.search+".*")
		if err != nil || !forget() {
			cancel()
			return errors.Join(err, try.Err())
		}
		stop = func() {
			_ = watch.Stop() // it ends with its context at the latest
			cancel()
		}
		return nil
	})
	return watch, stop, err
}

func (s *submission) take(ctx context.Context, entry jetstream.KeyValueEntry, told func(int, result) error) error {
	id := strings.TrimPrefix(entry.Key(), s.search+".")
	t := s.tasks[id]
	if t == nil {
		return nil
	}
	var res result
	err := json.Unmarshal(entry.Value(), &res)
	if err == nil && res.Aside != "" {
		var text []byte
		if text, err = s.queue.brought(ctx, res.Aside); err == nil {
			err = json.Unmarshal(text, &res)
		}
	}
	if err != nil {
		return fmt.Errorf("the result %s: %w", entry.Key(), err)
	}
	delete(s.tasks, id)
	for _, i := range t.indices {
		if err := told(i, res); err != nil {
			return fmt.Errorf("the result %s: %w", entry.Key(), err)
		}
	}
	return nil
}

// publish queues what has no result and isn't queued.
func (s *submission) publish(ctx context.Context) error {
	futures := map[string]jetstream.PubAckFuture{}
	for _, id := range s.order {
		t := s.tasks[id]
		if t == nil {
			continue
		}
		text, err := s.queue.short(ctx, t.text)
		if err != nil {
			return err
		}
		f, err := s.queue.js.PublishAsync(s.queue.subject(s.options.Label, s.search, id), text)
		if err != nil { // too many are on their way
			if err := s.publishOne(ctx, id); err != nil {
				return err
			}
			continue
		}
		futures[id] = f
	}
	for id, f := range futures {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.Ok():
		case err := <-f.Err():
			if !isQueued(err) {
				if err := s.publishOne(ctx, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *submission) publishOne(ctx context.Context, id string) error {
	return retry{queue: s.queue}.do(ctx, func(ctx context.Context) error {
		text, err := s.queue.short(ctx, s.tasks[id].text)
		if err == nil {
			_, err = s.queue.js.Publish(ctx, s.queue.subject(s.options.Label, s.search, id), text)
		}
		if isQueued(err) {
			return nil
		}
		return err
	})
}

// short is a task as it fits into a message.
func (q *Queue) short(ctx context.Context, text []byte) ([]byte, error) {
	if len(text) <= largest {
		return text, nil
	}
	sum := sha256.Sum256(text)
	aside := hex.EncodeToString(sum[:])
	if err := q.setAside(ctx, aside, text); err != nil {
		return nil, err
	}
	return json.Marshal(task{Version: version, Aside: aside})
}

// isQueued tells that a task was refused because its like is queued already.
func isQueued(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == streamStoreFailed && strings.Contains(api.Description, "per subject")
}
