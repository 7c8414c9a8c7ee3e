package distributed_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// here is a queue of this process.
func here(t testing.TB, lease time.Duration) *distributed.Queue {
	t.Helper()
	q, err := distributed.Open(t.Context(), "", distributed.Options{Server: distributed.Embedded{Dir: t.TempDir()}, Lease: lease})
	require.NoError(t, err)
	t.Cleanup(q.Close)
	return q
}

// works has a worker work until the test or what it returns ends it.
func works(t testing.TB, q *distributed.Queue, o distributed.WorkerOptions) (stop func()) {
	t.Helper()
	if o.Backend == nil {
		o.Backend = onGo(t).Backend
	}
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { assert.ErrorIs(t, q.Work(ctx, o), context.Canceled) })
	stop = func() { cancel(); done.Wait() }
	t.Cleanup(stop)
	return stop
}

// settles has n trainings worked at, each once, and nothing left in the queue.
func settles(t testing.TB, q *distributed.Queue, worked *atomic.Int64, n int) {
	t.Helper()
	rests(t, q, worked, n)
	require.EqualValues(t, n, worked.Load(), "each once")
}

// rests waits until n trainings were worked at, and nothing is left in the queue. A search ends with its last result, ahead of what its worker
// does next: tell of it, and acknowledge the task.
func rests(t testing.TB, q *distributed.Queue, worked *atomic.Int64, n int) {
	t.Helper()
	js := jetStream(t, q)
	done := func() bool {
		c, err := js.Consumer(t.Context(), "unstuck_trials", "any")
		if err != nil {
			return false
		}
		info := c.CachedInfo()
		return int(worked.Load()) >= n && info.NumPending == 0 && info.NumAckPending == 0
	}
	require.Eventually(t, done, time.Minute, 10*time.Millisecond, "something is left in the queue, or wasn't worked at")
}

// A training whose workers are killed each time is set aside, with an error that says so; the others of its search have their results.
func TestAPoisonedTrainingIsSetAside(t *testing.T) {
	q := here(t, 100*time.Millisecond)
	js := jetStream(t, q)
	base, all := mustSearch(t, 3, 2)
	// A worker that takes one training and never answers, as one that is killed, three times.
	taken := make(chan string, 1)
	go func() {
		c, err := js.Consumer(t.Context(), "unstuck_trials", "any")
		if !assert.NoError(t, err) {
			return
		}
		first := ""
		for n := 0; n < 3; {
			batch, err := c.Fetch(1, jetstream.FetchMaxWait(time.Minute))
			if !assert.NoError(t, err) {
				return
			}
			msg := <-batch.Messages()
			if !assert.NotNil(t, msg) {
				return
			}
			if first != "" && first != msg.Subject() { // the lease's end comes late on a busy machine
				_ = msg.NakWithDelay(time.Second)
				continue
			}
			first = msg.Subject()
			n++
			time.Sleep(300 * time.Millisecond) // the lease ends, and it comes first again
		}
		taken <- first
	}()
	done := make(chan error, 1)
	var table explore.Table
	go func() {
		var err error
		table, err = explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	select {
	case <-taken:
	case <-time.After(2 * time.Minute):
		t.Fatal("it wasn't delivered three times")
	}
	works(t, q, distributed.WorkerOptions{Tries: 3})
	require.NoError(t, <-done)
	failed := 0
	for _, r := range table.Rows {
		if r.Failed > 0 {
			failed++
			assert.Contains(t, r.Trials[0].Err, "set aside: it was begun 3 times and no worker came to an end with it: they were killed")
		}
	}
	assert.Equal(t, 1, failed)
}

func jetStream(t testing.TB, q *distributed.Queue) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(q.URL())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

// A training that takes many leases is trained once: in one of three tries, for a busy machine may keep a worker from renewing its lease in time,
// and one that doesn't renew it is late each time.
func TestASlowWorkerKeepsItsLease(t *testing.T) {
	for range 3 {
		if trainedAgain(t) == 0 {
			return
		}
	}
	t.Error("leases ended")
}

// trainedAgain is how many trainings were begun more than once, of some that take longer than their leases.
func trainedAgain(t *testing.T) (again int) {
	const lease = time.Second
	q := here(t, lease)
	var worked atomic.Int64
	for range 3 {
		works(t, q, distributed.WorkerOptions{Told: func(distributed.Worked) { worked.Add(1) }})
	}
	slow, searches := false, 0
	for epochs := 8000; !slow; epochs *= 2 { // the faster the machine, the more of them
		base, all := mustSearch(t, 2, epochs)
		began := time.Now()
		_, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		require.NoError(t, err)
		slow = time.Since(began) > lease
		searches++
	}
	rests(t, q, &worked, 2*searches)
	for _, r := range resultsOf(t, q) {
		if !strings.Contains(r, `"tries":1`) {
			again++
		}
	}
	return again + int(worked.Load()) - 2*searches
}

func resultsOf(t testing.TB, q *distributed.Queue) (all []string) {
	t.Helper()
	kv, err := jetStream(t, q).KeyValue(t.Context(), "unstuck_results")
	require.NoError(t, err)
	keys, err := kv.Keys(t.Context())
	require.NoError(t, err)
	for _, key := range keys {
		entry, err := kv.Get(t.Context(), key)
		require.NoError(t, err)
		all = append(all, string(entry.Value()))
	}
	return all
}

// Several submitters of the same search at once get the same results, of one training each.
func TestSubmittingAgainChangesNothing(t *testing.T) {
	q := here(t, 0)
	var worked atomic.Int64
	works(t, q, distributed.WorkerOptions{Told: func(distributed.Worked) { worked.Add(1) }})
	base, all := mustSearch(t, 10, 20)
	var tables [4]explore.Table
	var submitters sync.WaitGroup
	for i := range tables {
		submitters.Go(func() {
			var err error
			own, err := distributed.Open(t.Context(), q.URL(), distributed.Options{})
			if !assert.NoError(t, err) {
				return
			}
			defer own.Close()
			tables[i], err = explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: own.Runner(distributed.RunnerOptions{})})
			assert.NoError(t, err)
		})
	}
	submitters.Wait()
	for _, table := range tables[1:] {
		requireSame(t, tables[0], table)
	}
	settles(t, q, &worked, 10)
}

// A cancelled search answers in half a second, leaves nothing in the queue, and its workers stop what they are at and train others'.
func TestACancelledSearchStopsItsWorkers(t *testing.T) {
	soon(t, promised, func() time.Duration { return cancelledSearch(t) })
}

// cancelledSearch is how long a search that is cancelled takes to answer.
func cancelledSearch(t *testing.T) time.Duration {
	q := here(t, 0)
	var worked atomic.Int64
	works(t, q, distributed.WorkerOptions{Told: func(distributed.Worked) { worked.Add(1) }})
	base, all := mustSearch(t, 5, 10_000_000) // for hours
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	js := jetStream(t, q)
	require.Eventually(t, func() bool {
		c, err := js.Consumer(t.Context(), "unstuck_trials", "any")
		return err == nil && c.CachedInfo().NumPending == 4 && c.CachedInfo().NumAckPending == 1
	}, time.Minute, 10*time.Millisecond)
	began := time.Now()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	took := time.Since(began)
	quick, few := mustSearch(t, 3, 2)
	one, end := context.WithTimeout(t.Context(), 25*time.Second) // less than a lease
	defer end()
	_, err := explore.Search(one, quick, few, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
	require.NoError(t, err, "the worker is free again")
	settles(t, q, &worked, 3)
	return took
}

// A worker that is stopped gives back what it is at, which is then no try and doesn't wait for the lease.
func TestAStoppedWorkerGivesBack(t *testing.T) {
	q := here(t, time.Minute)
	base, all := mustSearch(t, 1, 2000)
	done := make(chan error, 1)
	var table explore.Table
	go func() {
		var err error
		table, err = explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	for range 4 {
		began := make(chan struct{}, 1)
		stop := works(t, q, distributed.WorkerOptions{Tries: 2, Began: func() { began <- struct{}{} }})
		select {
		case <-began:
		case <-time.After(50 * time.Second):
			t.Fatal("it waits for the lease")
		}
		stop()
	}
	works(t, q, distributed.WorkerOptions{Tries: 2})
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(50 * time.Second):
		t.Fatal("it waits for the lease")
	}
	require.Zero(t, table.Rows[0].Failed, table.Rows[0].Trials[0].Err)
	require.Regexp(t, `"tries":[3-9]`, resultsOf(t, q)[0], "more than Tries, so that this test says something")
}

// A training that asks for a label waits for a worker that has it.
func TestLabels(t *testing.T) {
	q := here(t, 0)
	plain := works(t, q, distributed.WorkerOptions{})
	base, all := mustSearch(t, 3, 2)
	runner := q.Runner(distributed.RunnerOptions{Label: "gpu", Keep: true})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: runner})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	plain()
	works(t, q, distributed.WorkerOptions{Labels: []string{"gpu"}})
	_, err = explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: runner})
	require.NoError(t, err)
	_, err = explore.Search(t.Context(), base, all[:2], explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
	require.NoError(t, err, "what asks for none is taken too")
}

// What is wrong with a training is its result, with the words of a local one; what can't be sent is said.
func TestErrorsAreResults(t *testing.T) {
	q := here(t, 0)
	works(t, q, distributed.WorkerOptions{})
	base, _ := mustSearch(t, 1, 2)
	axis := explore.Axis{Name: "change", Values: []explore.Value{
		{Label: "diverges", Apply: func(t training.Training) (training.Training, error) {
			t.Optimizer = t.Optimizer.WithRate(1e30)
			return t, nil
		}},
		{Label: "fails", Apply: func(t training.Training) (training.Training, error) { return t, errors.New("not today") }},
		{Label: "metric", Apply: func(t training.Training) (training.Training, error) { return t, nil }, Callbacks: func(training.Training) []fit.Callback {
			return []fit.Callback{stopper{}}
		}},
	}}
	all, err := explore.Space{axis}.Grid()
	require.NoError(t, err)
	table, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
	require.NoError(t, err)
	text := table.String()
	require.Contains(t, text, "1 diverged")
	require.Contains(t, text, "not today")
	require.Contains(t, text, "its callbacks are functions of this program")
}

// stopper is a callback.
type stopper struct{}

// A long history, beyond what a message may have, comes back too; and data are sent once.
func TestLongHistoriesComeBack(t *testing.T) {
	q := here(t, 0)
	works(t, q, distributed.WorkerOptions{})
	base, all := mustSearch(t, 2, 12_000)
	table, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
	require.NoError(t, err)
	require.Len(t, table.Rows[0].Trials[0].Loss, 12_000)
	require.Contains(t, strings.Join(resultsOf(t, q), ""), `"aside":`)
}

// Nothing listens beyond localhost, the folder is its owner's, and who doesn't know the secret stays outside.
func TestNothingListensBeyondLocalhost(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "queue")
	q, err := distributed.Open(t.Context(), "", distributed.Options{Server: distributed.Embedded{Dir: dir}})
	require.NoError(t, err)
	defer q.Close()
	at := strings.LastIndex(q.URL(), "@")
	require.True(t, strings.HasPrefix(q.URL()[at:], "@127.0.0.1:"), q.URL()[at:])
	_, err = distributed.Open(t.Context(), "nats://"+q.URL()[at+1:], distributed.Options{})
	require.ErrorIs(t, err, nats.ErrAuthorization)
	require.NotContains(t, err.Error(), strings.TrimPrefix(q.URL()[:at], "nats://"))
	for _, path := range []string{dir, filepath.Join(dir, "address.json")} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Zero(t, info.Mode()&0o077, path)
	}
	second, err := distributed.Open(t.Context(), "", distributed.Options{Server: distributed.Embedded{Dir: dir}})
	require.NoError(t, err, "another process shares it")
	require.False(t, second.Here())
	second.Close()
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		url  string
		o    distributed.Options
		want string
	}{
		{"nats://127.0.0.1:1", distributed.Options{Name: "a.b"}, `the name "a.b"`},
		{"nats://127.0.0.1:1", distributed.Options{Lease: time.Microsecond}, "at least 100 ms"},
		{"nats://[::1", distributed.Options{}, "missing ']'"},
	} {
		_, err := distributed.Open(t.Context(), c.url, c.o)
		require.ErrorContains(t, err, c.want)
	}
	const patience = 300 * time.Millisecond
	soon(t, patience+promised, func() time.Duration {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		began := time.Now()
		_, err := distributed.Open(ctx, "nats://127.0.0.1:1", distributed.Options{})
		require.ErrorContains(t, err, "127.0.0.1:1")
		return time.Since(began)
	})
}
