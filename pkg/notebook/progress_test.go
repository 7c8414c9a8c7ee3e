package notebook

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/figure"
)

// train drives p like a training of 3 epochs of 4 steps, of which it does n.
func train(t *testing.T, p *Progress, n int) {
	t.Helper()
	require.NoError(t, p.Begin(State{Epochs: 3, Steps: 4}))
	for i := range n {
		require.NoError(t, p.Update(State{Epoch: i/4 + 1, Epochs: 3, Step: i%4 + 1, Steps: 4, Loss: 1 / float64(i+1), Elapsed: time.Duration(i+1) * time.Second}))
	}
	require.NoError(t, p.End(State{}))
}

func TestProgressInANotebookIsOneOutput(t *testing.T) {
	var r Recorder
	train(t, &Progress{Title: "a < b", Display: &r, Every: time.Nanosecond}, 12)
	assert.Len(t, r.Shown(), 14, "begin, each step, end")
	require.Len(t, r.Visible(), 1)
	assert.Equal(t, "a < b: 3 epochs · loss 0.08333 · 12s · 1.00 steps/s", string(r.Visible()[0].Data[Plain]))
	html := string(r.Visible()[0].Data[HTML])
	assert.Contains(t, html, "width:100.0%")
	assert.Contains(t, html, "a &lt; b")
	assert.NotContains(t, html, "<script")
}

func TestProgressIsThrottled(t *testing.T) {
	var r Recorder
	train(t, &Progress{Display: &r, Every: time.Hour}, 12)
	assert.Len(t, r.Shown(), 3, "begin, the first step, end")
}

func TestProgressShowsTheFigureBelow(t *testing.T) {
	var r Recorder
	fig := func() figure.Figure { return losses }
	train(t, &Progress{Display: &r, Figure: fig, FigureEvery: time.Nanosecond}, 2)
	require.Len(t, r.Visible(), 2)
	assert.Contains(t, r.Visible()[1].Data, PNG, "the final picture stays")
	none := func() figure.Figure { return nil }
	require.NoError(t, (&Progress{Display: &r, Figure: none}).End(State{Epoch: 1}))
}

func TestProgressWithoutATerminalWritesALineForEachEpoch(t *testing.T) {
	var out bytes.Buffer
	train(t, &Progress{Display: Terminal{Out: &out}, Every: time.Hour}, 9)
	assert.Equal(t, "epoch 1/3 · loss 0.25 · 4s · 8s left\n"+
		"epoch 2/3 · loss 0.125 · 8s · 4s left\n"+
		"stopped in epoch 3 of 3 · loss 0.1111 · 9s · 1.00 steps/s\n", out.String())
}

func TestBarProgressLeavesOneLine(t *testing.T) {
	var out bytes.Buffer
	b := &barProgress{out: &out}
	require.NoError(t, b.begin("Adam", State{Epochs: 2}))
	require.NoError(t, b.update(State{Epoch: 1, Epochs: 2, Loss: 0.5}, true))
	assert.Contains(t, out.String(), "epoch 1/2")
	require.NoError(t, b.update(State{Epoch: 2, Epochs: 2, Loss: 0.4}, true))
	require.NoError(t, b.end(State{Epoch: 2, Epochs: 2, Loss: 0.4}))
	assert.True(t, strings.HasSuffix(out.String(), "Adam: 2 epochs · loss 0.4 · 0s\n"), "%q", out.String())
}

func TestProgressTakesUpdatesFromManyGoroutines(t *testing.T) {
	p := &Progress{Display: &Recorder{}, Every: time.Nanosecond}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() { assert.NoError(t, p.Update(State{Epoch: i + 1, Epochs: 8})) })
	}
	wg.Wait()
	require.NoError(t, p.End(State{}))
}

func TestProgressCanBeUsedAgain(t *testing.T) {
	var r Recorder
	p := &Progress{Display: &r}
	train(t, p, 12)
	train(t, p, 12)
	assert.Len(t, r.Visible(), 2)
}
