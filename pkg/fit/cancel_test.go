package fit_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A cancelled training answers soon, and keeps and returns what was trained.
func TestCancel(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data, err := dataset.Random(2000, []int{64}, []int{1}, 1)
		require.NoError(t, err)
		m := compile(t, nn.Sequential{nn.Dense{Units: 128, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, optim.Adam(1e-3), fit.Options{Backend: b})
		_, err = m.Fit(ctx, data, fit.Config{}) // compiles
		require.NoError(t, err)
		before := weightsOf(t, m)

		soon(t, func() time.Duration {
			cancelled, cancel := context.WithCancel(ctx)
			var at time.Time
			trains := sync.OnceFunc(func() {
				time.AfterFunc(100*time.Millisecond, func() { at = time.Now(); cancel() })
			})
			h, err := m.Fit(cancelled, data, fit.Config{Epochs: 1 << 30, Callbacks: []fit.Callback{&endCounter{},
				fit.OnEpochEnd(func(*fit.Run) error { trains(); return nil })}})
			require.ErrorIs(t, err, context.Canceled)
			answered := time.Since(at)
			require.NotEmpty(t, h.Steps)
			require.Contains(t, h.Stopped, "canceled")
			require.NotEqual(t, before, weightsOf(t, m))
			t.Logf("answered after %v and %d steps", answered, len(h.Steps))
			return answered
		})

		after := weightsOf(t, m)
		_, err = m.Evaluate(ctx, data)
		require.NoError(t, err)
		require.Equal(t, after, weightsOf(t, m))
		_, err = m.Fit(ctx, data, fit.Config{})
		require.NoError(t, err)
	})
}

// A deadline is a cancel like any other, and callbacks are told of the end.
func TestCancelTellsTheCallbacks(t *testing.T) {
	short := expiring{ctx, make(chan struct{})}
	ended, expire := &endCounter{}, sync.OnceFunc(func() { close(short.done) })
	_, err := smallModel(t).Fit(short, noise(t, 100), fit.Config{Epochs: 1 << 30, Callbacks: []fit.Callback{ended,
		fit.OnEpochEnd(func(*fit.Run) error { expire(); return nil })}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, 1, ended.n)
}

// expiring is a context whose deadline comes when the test says so, however fast the machine is.
type expiring struct {
	context.Context
	done chan struct{}
}

func (e expiring) Done() <-chan struct{} { return e.done }

func (e expiring) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

type endCounter struct{ n int }

func (e *endCounter) End(*fit.Run) error { e.n++; return nil }
