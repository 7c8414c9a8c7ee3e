package fit_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// heavy is a net whose large batches take seconds.
func heavy() nn.Sequential {
	var net nn.Sequential
	for range 6 {
		net = append(net, nn.Dense{Units: 256, Activation: nn.ReLU{}})
	}
	return append(net, nn.Dense{Units: 1})
}

// Whatever is under way, a cancel is answered within half a second, and the model can be used after it.
func TestEverythingAnswersACancel(t *testing.T) {
	slow := func(rows int) dataset.Data {
		data, err := dataset.Random(rows, []int{256}, []int{1}, 1)
		require.NoError(t, err)
		return data
	}
	small, large := slow(64), slow(9_000)
	calls := map[string]func(m *fit.Model, ctx context.Context) error{
		"evaluate": func(m *fit.Model, ctx context.Context) error { _, err := m.Evaluate(ctx, large); return err },
		"predict":  func(m *fit.Model, ctx context.Context) error { _, err := m.Predict(ctx, large.X); return err },
		"validation": func(m *fit.Model, ctx context.Context) error {
			_, err := m.Fit(ctx, small, fit.Config{Epochs: 1 << 60, Validation: large})
			return err
		},
		"one huge batch": func(m *fit.Model, ctx context.Context) error {
			_, err := m.Fit(ctx, large, fit.Config{Epochs: 1 << 60, BatchSize: 1 << 59})
			return err
		},
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, call := range calls {
			t.Run(name, func(t *testing.T) {
				soon(t, func() (longest time.Duration) {
					m := compile(t, nn.Func(heavy().Apply), optim.Adam(1e-4), fit.Options{Backend: b})
					require.NoError(t, m.Build(256))
					for _, after := range []time.Duration{20 * time.Millisecond, 400 * time.Millisecond} { // in the compilation, and behind it
						cancelled, cancel := context.WithCancel(ctx)
						var at time.Time
						timer := time.AfterFunc(after, func() { at = time.Now(); cancel() })
						err := call(m, cancelled)
						if err == nil && timer.Stop() {
							continue // a fast machine
						}
						<-cancelled.Done()
						answered := time.Since(at)
						if err == nil { // it ended by itself, which must be as soon
							longest = max(longest, answered)
							continue
						}
						require.ErrorIs(t, err, context.Canceled)
						t.Logf("cancelled after %v, answered %v later", after, answered)

						const patience = 50 * time.Millisecond
						short, stop := context.WithTimeout(ctx, patience)
						began := time.Now()
						_, err = m.Predict(short, small.X) // may have to wait, and doesn't wait for long
						longest = max(longest, answered, time.Since(began)-patience)
						if err != nil {
							require.ErrorIs(t, err, context.DeadlineExceeded)
						}
						stop()
					}
					weights := weightsOf(t, m) // waits
					_, err := m.Predict(ctx, small.X)
					require.NoError(t, err)
					require.Equal(t, weights, weightsOf(t, m))
					return longest
				})
			})
		}
	})
}

// A step that goes on in the background is whole: it counts for the model, which trains on with the numbers of one that
// was never cancelled.
func TestStepsInTheBackgroundCount(t *testing.T) {
	data := noise(t, 8)
	started, release := make(chan struct{}, 100), make(chan struct{})
	b := blockingBackend{goBackend, started, release, &atomic.Int32{}}
	m := compile(t, nn.Func(small().Apply), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 1})
	cancelled, cancel := context.WithCancel(ctx)
	go func() { <-started; cancel() }()
	h, err := m.Fit(cancelled, data, fit.Config{Epochs: 3})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, h.Steps)
	close(release)

	alone := compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 1})
	_, err = alone.Fit(ctx, data, fit.Config{})
	require.NoError(t, err)
	require.Equal(t, weightsOf(t, alone), weightsOf(t, m), "the one step was done")
	h, err = m.Fit(ctx, data, fit.Config{})
	require.NoError(t, err)
	require.Equal(t, 2, h.Epochs[0].Number)
	_, err = alone.Fit(ctx, data, fit.Config{})
	require.NoError(t, err)
	require.Equal(t, weightsOf(t, alone), weightsOf(t, m))
}

// The best weights are given back behind a step that goes on in the background, which nobody waits for.
func TestRestoreBestInTheBackground(t *testing.T) {
	data := noise(t, 8)
	started, release := make(chan struct{}, 100), make(chan struct{})
	b := blockingBackend{goBackend, started, release, &atomic.Int32{}}
	b.free.Store(1)
	m := compile(t, nn.Func(small().Apply), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 1})
	cancelled, cancel := context.WithCancel(ctx)
	go func() { <-started; cancel() }()
	end := sync.OnceFunc(func() { close(release) })
	waited := time.AfterFunc(time.Minute, end) // a Fit that waits for the step comes back, too
	_, err := m.Fit(cancelled, data, fit.Config{Epochs: 3, Callbacks: []fit.Callback{&callback.EarlyStopping{RestoreBest: true}}})
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, waited.Stop(), "Fit came back only behind the step")
	end()

	alone := compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 1})
	_, err = alone.Fit(ctx, data, fit.Config{})
	require.NoError(t, err)
	require.Equal(t, weightsOf(t, alone), weightsOf(t, m))
}

// blockingBackend's executions, but for the first free ones, wait to be released.
type blockingBackend struct {
	compute.Backend
	started chan<- struct{}
	release <-chan struct{}
	free    *atomic.Int32
}

func (b blockingBackend) Builder(name string) compute.Builder {
	return blockingBuilder{b.Backend.Builder(name), b}
}

type blockingBuilder struct {
	compute.Builder
	of blockingBackend
}

func (b blockingBuilder) Compile() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	return blockingExecutable{e, b.of}, err
}

type blockingExecutable struct {
	compute.Executable
	of blockingBackend
}

func (e blockingExecutable) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	if e.of.free.Add(-1) < 0 {
		e.of.started <- struct{}{}
		<-e.of.release
	}
	return e.Executable.Execute(inputs, donate, device)
}
