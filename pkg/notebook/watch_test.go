package notebook_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/optim"
)

func train(t *testing.T, ctx context.Context, epochs int, callbacks ...fit.Callback) error {
	data, err := dataset.Random(64, []int{4}, []int{1}, 1)
	require.NoError(t, err)
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.01), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	_, err = m.Fit(ctx, data, fit.Config{Epochs: epochs, ValidationSplit: 0.25, Callbacks: callbacks})
	return err
}

func TestWatchLeavesTheFinalPicture(t *testing.T) {
	var seen notebook.Recorder
	w := notebook.Watch("a training")
	w.Display = &seen
	require.NoError(t, train(t, context.Background(), 3, w))
	var text strings.Builder
	png := false
	for _, b := range seen.Visible() {
		text.Write(b.Data[notebook.Plain])
		png = png || len(b.Data[notebook.PNG]) > 0
	}
	require.Contains(t, text.String(), "3 epochs")
	require.Contains(t, text.String(), "validation loss")
	require.True(t, png, "the loss curve stays as a picture")
}

func TestWatchWritesALineForEachEpoch(t *testing.T) {
	out, err := os.CreateTemp(t.TempDir(), "out")
	require.NoError(t, err)
	w := notebook.Watch("")
	w.Display = notebook.Terminal{Out: out}
	require.NoError(t, train(t, context.Background(), 5, w))
	written, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	for _, line := range []string{"epoch 1/5", "epoch 2/5", "epoch 3/5", "epoch 4/5"} {
		require.Contains(t, string(written), line)
	}
}

func TestWatchShowsWhatACancelledTrainingHas(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var seen notebook.Recorder
	w := notebook.Watch("stopped")
	w.Display = &seen
	err := train(t, ctx, 100, w, fit.OnEpochEnd(func(r *fit.Run) error {
		if r.Epoch == 4 {
			cancel()
		}
		return nil
	}))
	require.ErrorIs(t, err, context.Canceled)
	var text strings.Builder
	for _, b := range seen.Visible() {
		text.Write(b.Data[notebook.Plain])
	}
	require.Contains(t, text.String(), "stopped after 4 of 100 epochs")
}

func TestWatchEndsATrainingThatDiverges(t *testing.T) {
	data, err := dataset.Random(64, []int{4}, []int{1}, 1)
	require.NoError(t, err)
	const epochs = 100
	run := func(rate float64, keepGoing bool) (*fit.History, string) {
		m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 8}, nn.Dense{Units: 1}}, optim.SGD(rate), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
		require.NoError(t, err)
		var seen notebook.Recorder
		w := notebook.Watch("")
		w.Display, w.KeepGoing = &seen, keepGoing
		slow := fit.OnEpochEnd(func(*fit.Run) error { time.Sleep(10 * time.Millisecond); return nil })
		h, err := m.Fit(context.Background(), data, fit.Config{Epochs: epochs, Callbacks: []fit.Callback{w, slow}})
		require.NoError(t, err)
		var text strings.Builder
		for _, b := range seen.Visible() {
			text.Write(b.Data[notebook.Plain])
		}
		return h, text.String()
	}
	h, text := run(10, false)
	require.Less(t, len(h.Epochs), epochs)
	require.Contains(t, text, "Try a learning rate of 1 in place of 10")
	require.Contains(t, h.Stopped, "since step ")
	h, text = run(10, true)
	require.Len(t, h.Epochs, epochs)
	require.Contains(t, text, "Try a learning rate of 1")
	h, text = run(0.01, false)
	require.Len(t, h.Epochs, epochs)
	require.NotContains(t, text, "Try")
}
