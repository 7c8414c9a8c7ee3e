package explorefigure_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/explore/explorefigure"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
)

// shownOnce is what a figure leaves in a notebook that is shown at the end.
func shownOnce(t *testing.T, f figure.Figure) map[string][]byte {
	t.Helper()
	var once notebook.Recorder
	require.NoError(t, notebook.ShowOn(&once, f))
	return once.Visible()[0].Data
}

func TestWatchedRangeTestEndsAsItsFigure(t *testing.T) {
	var seen notebook.Recorder
	steps, ends := 0, 0
	o := explore.RangeOptions{End: 1e3, Progress: func(r explore.RangeResult, done bool) {
		if done {
			ends++
		} else {
			steps++
			time.Sleep(15 * time.Millisecond) // a training that can be watched
		}
	}}
	r, err := explore.RangeTestOf(context.Background(), quick(), run.Fit, explorefigure.WatchRangeTestOn(&seen, o))
	require.NoError(t, err)
	assert.Equal(t, 1, ends)
	assert.GreaterOrEqual(t, steps, len(r.Rates)-1)
	require.Len(t, seen.Visible(), 1)
	assert.Equal(t, shownOnce(t, explorefigure.RangeTest(r)), seen.Visible()[0].Data)
	assert.Greater(t, len(seen.Shown()), 2, "it grew")
}

func TestWatchedRangeTestThatIsBrokenOff(t *testing.T) {
	var seen notebook.Recorder
	ctx, cancel := context.WithCancel(context.Background())
	o := explore.RangeOptions{Progress: func(r explore.RangeResult, _ bool) {
		if len(r.Rates) == 30 {
			cancel()
		}
	}}
	r, err := explore.RangeTestOf(ctx, quick(), run.Fit, explorefigure.WatchRangeTestOn(&seen, o))
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, r.Rates, 30)
	assert.Equal(t, shownOnce(t, explorefigure.RangeTest(r)), seen.Visible()[0].Data, "what there is stays")
}

func TestWatchedSearchEndsAsItsFigure(t *testing.T) {
	points, err := explore.Space{explore.LearningRates(0.01, 0.1, 0.3), explore.BatchSizes(8, 32)}.Grid()
	require.NoError(t, err)
	for _, axes := range [][2]string{{"learning rate", "batch size"}, {}} {
		var seen notebook.Recorder
		told := 0
		o := explore.SearchOptions{Run: run, Workers: 1, OneByOne: true, Progress: func(int, int, explore.Trial) {
			told++
			time.Sleep(250 * time.Millisecond)
		}}
		table, err := explore.Search(context.Background(), quick(), points, explorefigure.WatchSearchOn(&seen, o, axes[0], axes[1]))
		require.NoError(t, err)
		assert.Equal(t, 6, told)
		var want figure.Figure = explorefigure.Parallel(table)
		if axes[0] != "" {
			want, err = explorefigure.Heatmap(table, axes[0], axes[1])
			require.NoError(t, err)
		}
		require.Len(t, seen.Visible(), 1)
		assert.Equal(t, shownOnce(t, want), seen.Visible()[0].Data)
		assert.Greater(t, len(seen.Shown()), 2, "it grew")
	}
}

func TestWatchedSearchOverRatesEndsAsTheirCurve(t *testing.T) {
	points, err := explore.Space{explore.LearningRates(0.01, 0.1, 0.3)}.Grid()
	require.NoError(t, err)
	var seen notebook.Recorder
	o := explorefigure.WatchSearchOn(&seen, explore.SearchOptions{Run: run}, "learning rate", "")
	table, err := explore.Search(context.Background(), quick(), points, o)
	require.NoError(t, err)
	want, err := explorefigure.Rates(table)
	require.NoError(t, err)
	require.Len(t, seen.Visible(), 1)
	assert.Equal(t, shownOnce(t, want), seen.Visible()[0].Data)
}

func TestWatchedInAScriptPrintsNothing(t *testing.T) {
	var out bytes.Buffer
	terminal := notebook.Terminal{Out: &out}
	_, err := explore.RangeTestOf(context.Background(), quick(), run.Fit, explorefigure.WatchRangeTestOn(terminal, explore.RangeOptions{}))
	require.NoError(t, err)
	points, err := explore.Space{explore.LearningRates(0.01, 0.1)}.Grid()
	require.NoError(t, err)
	_, err = explore.Search(context.Background(), quick(), points, explorefigure.WatchSearchOn(terminal, explore.SearchOptions{Run: run}, "", ""))
	require.NoError(t, err)
	assert.Empty(t, out.String())
}

// In a notebook the curve grows in the cell's output while the test runs; here nothing is printed but what the program says.
func ExampleWatchRangeTest() {
	r, err := explore.RangeTestOf(context.Background(), quick(), run.Fit, explorefigure.WatchRangeTest(explore.RangeOptions{Steps: 40}))
	fmt.Println(len(r.Rates) <= 40, err)
	// Output:
	// true <nil>
}

// What wasn't tried is no failure.
func TestHeatmapLeavesEmptyWhatWasNotTried(t *testing.T) {
	trials := []explore.Trial{
		{Point: 0, Settings: []explore.Setting{{Axis: "a", Label: "1"}, {Axis: "b", Label: "x"}}, Score: 0.5},
		{Point: 3, Settings: []explore.Setting{{Axis: "a", Label: "2"}, {Axis: "b", Label: "y"}}, Score: 0.25},
	}
	h, err := explorefigure.Heatmap(explore.TableOf(trials, "loss", false), "a", "b")
	require.NoError(t, err)
	assert.Equal(t, [][]bool{{true, false}, {false, true}}, h.Tried)
	assert.Contains(t, h.Text(), "2 settings tried, 0 diverged")
	var b bytes.Buffer
	require.NoError(t, figure.Render(&b, h, figure.SVG))
	assert.NotContains(t, b.String(), ">diverged<")
	assert.NotContains(t, b.String(), ">div.<")
}
