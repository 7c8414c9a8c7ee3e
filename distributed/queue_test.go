package distributed_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// onGo is the backend of these tests.
func onGo(t testing.TB) *backend.Backend {
	t.Helper()
	b, err := backend.Open(backend.Options{Name: "go"})
	require.NoError(t, err)
	return b
}

// someSearch is a training of a few milliseconds for three epochs, and points to try.
func someSearch(n int, epochs string) (training.Training, []explore.Point, error) {
	data, err := dataset.Random(128, []int{3}, []int{1}, 1)
	if err != nil {
		return training.Training{}, nil, err
	}
	e, err := strconv.Atoi(epochs)
	if err != nil {
		return training.Training{}, nil, err
	}
	space := explore.Space{explore.LearningRates(explore.LogSpace(1e-4, 1, n)...)}
	if n > 1000 { // so many rates are alike
		space = explore.Space{explore.LearningRates(explore.LogSpace(1e-4, 1, n/100)...), explore.BatchSizes(8, 16), explore.Seeds(firstSeeds(50)...)}
	}
	all, err := space.Grid()
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, Optimizer: optim.SGD(0.01), Loss: loss.MSE{},
		Data: data, ValidationSplit: 0.25, Epochs: e, Seed: 3,
	}, all, err
}

func firstSeeds(n int) (all []int64) {
	for seed := range int64(n) {
		all = append(all, seed)
	}
	return all
}

func mustSearch(t testing.TB, n, epochs int) (training.Training, []explore.Point) {
	t.Helper()
	base, all, err := someSearch(n, strconv.Itoa(epochs))
	require.NoError(t, err)
	return base, all
}

// A search on workers finds the same numbers as one in this program, to the last bit.
func TestASearchIsTheSameAsALocalOne(t *testing.T) {
	ctx := t.Context()
	q, err := distributed.Open(ctx, "", distributed.Options{Server: distributed.Embedded{Dir: t.TempDir()}})
	require.NoError(t, err)
	defer q.Close()
	working, stop := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- q.Work(working, distributed.WorkerOptions{Backend: onGo(t).Backend, Parallel: 2}) }()

	base, all := mustSearch(t, 12, 3)
	options := explore.SearchOptions{Seeds: []int64{1, 2}, Run: explore.Run{Fit: fit.Options{Backend: onGo(t).Backend}}, OneByOne: true}
	want, err := explore.Search(ctx, base, all, options)
	require.NoError(t, err)
	options.Runner = q.Runner(distributed.RunnerOptions{})
	got, err := explore.Search(ctx, base, all, options)
	require.NoError(t, err)
	requireSame(t, want, got)
	stop()
	require.ErrorIs(t, <-done, context.Canceled)

	again, err := explore.Search(ctx, base, all, options)
	require.NoError(t, err, "nothing is left to do for a worker")
	requireSame(t, want, again)
}

// requireSame compares tables but for what depends on the clock and on where they were trained.
func requireSame(t testing.TB, want, got explore.Table) {
	t.Helper()
	for _, table := range []explore.Table{want, got} {
		for _, r := range table.Rows {
			for i := range r.Trials {
				r.Trials[i].Duration, r.Trials[i].Alone = 0, ""
			}
		}
	}
	require.Equal(t, want, got)
}
