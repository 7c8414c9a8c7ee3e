package distributed_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/explore"
)

// Who asks for another lease than the queue has changes nothing for those at work, and can see what it has.
func TestALeaseIsTheQueues(t *testing.T) {
	q := here(t, 20*time.Second)
	for _, lease := range []time.Duration{0, 100 * time.Millisecond, time.Hour} {
		other, err := distributed.Open(t.Context(), q.URL(), distributed.Options{Lease: lease})
		require.NoError(t, err)
		require.Equal(t, 20*time.Second, other.Lease())
		ctx := t.Context()
		stop := works(t, other, distributed.WorkerOptions{Labels: []string{"gpu"}})
		for _, label := range []string{"any", "gpu"} {
			var c jetstream.Consumer
			require.Eventually(t, func() bool {
				var err error
				c, err = jetStream(t, q).Consumer(ctx, "unstuck_trials", label)
				return err == nil
			}, time.Minute, 10*time.Millisecond)
			require.Equal(t, 20*time.Second, c.CachedInfo().Config.AckWait, label)
		}
		stop()
		other.Close()
	}
}

// Whatever makes a lease end under a worker that is alive, it is no lost try, isn't trained twice at once by that worker, and its end counts.
func TestALeaseThatEndsIsNoLostTry(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, q *distributed.Queue){
		"somebody made it shorter": func(t *testing.T, q *distributed.Queue) {
			s, err := jetStream(t, q).Stream(t.Context(), "unstuck_trials")
			require.NoError(t, err)
			c, err := s.Consumer(t.Context(), "any")
			require.NoError(t, err)
			config := c.CachedInfo().Config
			config.AckWait = 100 * time.Millisecond
			_, err = s.UpdateConsumer(t.Context(), config)
			require.NoError(t, err)
		},
		"the server forgot who has it": func(t *testing.T, q *distributed.Queue) {
			s, err := jetStream(t, q).Stream(t.Context(), "unstuck_trials")
			require.NoError(t, err)
			c, err := s.Consumer(t.Context(), "any")
			require.NoError(t, err)
			require.NoError(t, s.DeleteConsumer(t.Context(), "any"))
			_, err = s.CreateConsumer(t.Context(), jetstream.ConsumerConfig{
				Durable: "any", AckPolicy: jetstream.AckExplicitPolicy, AckWait: 30 * time.Second, MaxDeliver: -1, FilterSubject: c.CachedInfo().Config.FilterSubject,
			})
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			slow := false // they must be slow for this test to say anything, on a fast machine too
			for epochs := 8000; !slow; epochs *= 2 {
				slow = spoiled(t, epochs, spoil) > 700*time.Millisecond
			}
		})
	}
}

// spoiled is how long two trainings last whose leases are made to end.
func spoiled(t *testing.T, epochs int, spoil func(t *testing.T, q *distributed.Queue)) time.Duration {
	q := here(t, 0)
	js := jetStream(t, q)
	var worked atomic.Int64
	works(t, q, distributed.WorkerOptions{Parallel: 3, Tries: 1, Told: func(distributed.Worked) { worked.Add(1) }})
	base, all := mustSearch(t, 2, epochs)
	done := make(chan error, 1)
	var table explore.Table
	began := time.Now()
	go func() {
		var err error
		table, err = explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
		done <- err
	}()
	at := func(n int) bool {
		c, err := js.Consumer(t.Context(), "unstuck_trials", "any")
		return err == nil && c.CachedInfo().NumAckPending == n
	}
	require.Eventually(t, func() bool { return at(2) }, time.Minute, 10*time.Millisecond)
	spoil(t, q)
	require.NoError(t, <-done)
	took := time.Since(began)
	for _, r := range table.Rows {
		require.Zero(t, r.Failed, r.Trials[0].Err)
	}
	require.Eventually(t, func() bool { return at(0) && stateOf(t, q.URL(), "unstuck_trials").Msgs == 0 }, 20*time.Second, 10*time.Millisecond, "less than a lease")
	require.EqualValues(t, 2, worked.Load(), "each was trained once")
	return took
}

// A server that doesn't know a delivery any more never answers who is done with it: nobody waits for that.
func TestAForgottenDeliveryHoldsUpNobody(t *testing.T) {
	soon(t, 4*time.Second, func() time.Duration { return forgotten(t) })
}

// forgotten is how long a search takes one of whose deliveries is forgotten.
func forgotten(t *testing.T) time.Duration {
	q := here(t, 0)
	var worked atomic.Int64
	works(t, q, distributed.WorkerOptions{Told: func(distributed.Worked) {
		if worked.Add(1) == 1 { // between the result and its acknowledgement
			s, err := jetStream(t, q).Stream(t.Context(), "unstuck_trials")
			if err == nil {
				err = s.DeleteConsumer(t.Context(), "any")
			}
			if err == nil {
				_, err = s.CreateConsumer(t.Context(), jetstream.ConsumerConfig{
					Durable: "any", AckPolicy: jetstream.AckExplicitPolicy, AckWait: 30 * time.Second, MaxDeliver: -1, FilterSubject: "unstuck.trial.any.>",
				})
			}
			if err != nil {
				t.Error(err)
			}
		}
	}})
	base, all := mustSearch(t, 3, 2)
	began := time.Now()
	_, err := explore.Search(t.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
	require.NoError(t, err)
	return time.Since(began)
}
