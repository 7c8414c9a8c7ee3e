package distributed

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"example.com/unstuck/internal/border"
)

// answersWithin is how long workers are waited for that are asked what they are at.
const answersWithin = 300 * time.Millisecond

func (q *Queue) atSubject() string { return q.name + ".at" }

// answer has a worker say how many tasks it is at.
func (w *worker) answer(m *nats.Msg) {
	w.mutex.Lock()
	n := 0
	for _, jobs := range w.atask {
		n += len(jobs)
	}
	w.mutex.Unlock()
	_ = m.Respond([]byte(strconv.Itoa(n))) // one that isn't heard counts as silent
}

// Silent is how many trainings are at workers that don't answer, because they were killed or cut off: they wait for the end of their leases.
// A moment's look: one that a worker just takes, or has just given back, may count.
func (q *Queue) Silent(ctx context.Context) (int, error) {
	n, err := border.InterruptibleWithin(ctx, inOrder, func() (int, error) { return q.silent(ctx) })
	if err != nil {
		return 0, fmt.Errorf("distributed: who is silent: %w", err)
	}
	return n, nil
}

func (q *Queue) silent(ctx context.Context) (int, error) {
	taken := 0
	ctx, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	consumers := q.trials.ListConsumers(ctx)
	for c := range consumers.Info() {
		taken += c.NumAckPending
	}
	if err := consumers.Err(); err != nil || taken == 0 {
		return 0, err
	}
	stream, err := q.js.Stream(ctx, q.streams()[0])
	if err != nil {
		return 0, err
	}
	queued := int(stream.CachedInfo().State.Msgs) // what was cancelled has a lease, too, and waits for nothing
	inbox := nats.NewInbox()
	answers, err := q.conn.SubscribeSync(inbox)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answers.Unsubscribe() }() // a closed connection has none
	if err := q.conn.PublishRequest(q.atSubject(), inbox, nil); err != nil {
		return 0, err
	}
	ctx, enough := context.WithTimeout(ctx, answersWithin)
	defer enough()
	for taken > 0 {
		m, err := answers.NextMsgWithContext(ctx)
		if err != nil {
			break // all that will answer have
		}
		if n, err := strconv.Atoi(string(m.Data)); err == nil {
			taken -= n
		}
	}
	return min(max(0, taken), queued), nil
}
