package notebook_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
)

func losses(n int) figure.Figure {
	run := figure.Run{}
	for i := range n {
		run.Train = append(run.Train, 1/float64(i+1))
	}
	return figure.LossCurves{Runs: []figure.Run{run}}
}

func TestGrowingEndsAsShowWouldShowIt(t *testing.T) {
	var seen, once notebook.Recorder
	g := notebook.Growing{Display: &seen, Every: time.Hour}
	asked := 0
	for n := range 50 {
		require.NoError(t, g.Update(func() figure.Figure { asked++; return losses(n + 2) }))
	}
	assert.Equal(t, 1, asked, "within Every nothing is drawn")
	require.NoError(t, g.Final(losses(51)))
	require.NoError(t, notebook.ShowOn(&once, losses(51)))
	require.Len(t, seen.Visible(), 1, "in one place")
	require.Len(t, seen.Shown(), 2)
	assert.Equal(t, once.Visible()[0].Data, seen.Visible()[0].Data)
	assert.Equal(t, once.Visible()[0].Width, seen.Visible()[0].Width)
}

func TestGrowingGrows(t *testing.T) {
	var seen notebook.Recorder
	g := notebook.Growing{Display: &seen, Every: time.Nanosecond}
	require.NoError(t, g.Update(func() figure.Figure { return nil }))
	assert.Empty(t, seen.Shown(), "there is nothing yet")
	for n := range 3 {
		time.Sleep(time.Millisecond)
		require.NoError(t, g.Update(func() figure.Figure { return losses(n + 2) }))
	}
	assert.Len(t, seen.Shown(), 3)
	assert.Len(t, seen.Visible(), 1)
}

// A range test of a small model takes a tenth of a second.
func TestWhatIsSoonDoneGrowsToo(t *testing.T) {
	most := 0
	for try := 0; try < 5 && most < 3; try++ { // another program may have had the processor
		var seen notebook.Recorder
		g := notebook.Growing{Display: &seen}
		began, asked := time.Now(), 0
		for n := 0; time.Since(began) < 150*time.Millisecond; n++ {
			require.NoError(t, g.Update(func() figure.Figure { asked++; return losses(n + 2) }))
			time.Sleep(time.Millisecond)
		}
		most = max(most, len(seen.Shown()))
		assert.LessOrEqual(t, asked, 8, "and drawing takes no more than a part of the time")
	}
	assert.GreaterOrEqual(t, most, 3)
}

func TestGrowingPrintsNothingInAScript(t *testing.T) {
	var out bytes.Buffer
	g := notebook.Growing{Display: notebook.Terminal{Out: &out}}
	require.NoError(t, g.Update(func() figure.Figure { t.Error("nobody sees it"); return nil }))
	require.NoError(t, g.Final(losses(3)))
	assert.Empty(t, out.String())
}
