package distributed

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// A search that is cancelled while one of its trainings is on its way to a worker isn't trained there for hours.
func TestACancelThatOvertakesItsTask(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	q, err := Open(ctx, "", Options{Server: Embedded{Dir: t.TempDir()}})
	require.NoError(t, err)
	defer q.Close()
	b, err := backend.Open(backend.Options{Name: "go"})
	require.NoError(t, err)
	w, err := q.newWorker(ctx, WorkerOptions{Backend: b.Backend})
	require.NoError(t, err)
	defer w.stopListening()
	defer w.present.end()

	data, err := dataset.Random(64, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	base := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Optimizer: optim.SGD(0.01), Loss: loss.MSE{}, Data: data, Epochs: 100_000_000}
	all, err := explore.Space{explore.LearningRates(0.01)}.Grid()
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: q.Runner(RunnerOptions{Search: "mine"})})
		done <- err
	}()
	batch, err := w.sources[0].consumer.Fetch(1, jetstream.FetchMaxWait(time.Minute))
	require.NoError(t, err)
	msg := <-batch.Messages()
	require.NotNil(t, msg)
	require.NoError(t, q.Cancel(ctx, "mine"))
	require.ErrorIs(t, <-done, ErrCancelled)

	w.handle(ctx, w.sources[0], msg)
	require.NoError(t, ctx.Err(), "it is trained all the same")
}
