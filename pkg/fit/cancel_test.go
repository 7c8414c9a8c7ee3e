package fit_test

import (
	"context"
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

		cancelled, cancel := context.WithCancel(ctx)
		var at time.Time
		time.AfterFunc(300*time.Millisecond, func() { at = time.Now(); cancel() })
		h, err := m.Fit(cancelled, data, fit.Config{Epochs: 1 << 30, Callbacks: []fit.Callback{&endCounter{}}})
		answered := time.Since(at)
		require.ErrorIs(t, err, context.Canceled)
		require.NotEmpty(t, h.Steps)
		require.Contains(t, h.Stopped, "canceled")
		require.NotEqual(t, before, weightsOf(t, m))
		t.Logf("answered after %v and %d steps", answered, len(h.Steps))
		require.Less(t, answered, 500*time.Millisecond)

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
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	ended := &endCounter{}
	_, err := smallModel(t).Fit(short, noise(t, 100), fit.Config{Epochs: 1 << 30, Callbacks: []fit.Callback{ended}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, 1, ended.n)
}

type endCounter struct{ n int }

func (e *endCounter) End(*fit.Run) error { e.n++; return nil }
