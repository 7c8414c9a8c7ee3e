package explorefigure_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/explore/explorefigure"
	"example.com/unstuck/pkg/loss"
)

func searched(t *testing.T, axes ...explore.Axis) explore.Table {
	t.Helper()
	points, err := explore.Space(axes).Grid()
	require.NoError(t, err)
	table, err := explore.Search(context.Background(), quick(), points, explore.SearchOptions{Run: run})
	require.NoError(t, err)
	return table
}

func TestRatesRise(t *testing.T) {
	table := searched(t, explore.LearningRates(0.1, 1e-7, 0.01, 1e30), explore.BatchSizes(8, 32))
	f, err := explorefigure.Rates(table)
	require.NoError(t, err)
	assert.Equal(t, []float64{1e-7, 0.01, 0.1, 1e30}, f.Rates)
	g, err := table.Grid("learning rate", "batch size")
	require.NoError(t, err)
	for i, x := range []int{1, 2, 0} { // where the axis has those rates
		assert.Equal(t, min(g.Score[0][x], g.Score[1][x]), f.Losses[i], "the best over the batch sizes")
	}
	assert.Empty(t, f.Validation)
	draws(t, f)
}

func TestRatesHaveBothLosses(t *testing.T) {
	base := quick()
	base.Validation, base.Metrics = base.Data.Range(0, 16), []loss.Metric{loss.MAE{}}
	points, err := explore.Space{explore.LearningRates(0.1, 0.01)}.Grid()
	require.NoError(t, err)
	for _, monitor := range []string{"loss", "val_loss"} {
		table, err := explore.Search(context.Background(), base, points, explore.SearchOptions{Run: run, Monitor: monitor})
		require.NoError(t, err)
		f, err := explorefigure.Rates(table)
		require.NoError(t, err)
		for _, r := range table.Rows {
			i, last := slices.Index(f.Rates, map[string]float64{"0.1": 0.1, "0.01": 0.01}[r.Label("learning rate")]), base.Epochs-1
			assert.Equal(t, r.Trials[0].Loss[last], f.Losses[i])
			assert.Equal(t, r.Trials[0].Validation[last], f.Validation[i])
		}
	}
	table, err := explore.Search(context.Background(), base, points, explore.SearchOptions{Run: run, Monitor: "mae"})
	require.NoError(t, err)
	f, err := explorefigure.Rates(table)
	require.NoError(t, err)
	assert.Equal(t, "Final mae", f.YLabel)
	assert.Equal(t, table.InOrder().Rows[1].Score, f.Losses[0])
	assert.Empty(t, f.Validation)
}

func TestRatesWithoutRates(t *testing.T) {
	_, err := explorefigure.Rates(searched(t, explore.BatchSizes(8, 32)))
	assert.ErrorContains(t, err, `no axis "learning rate"; it has batch size`)
	_, err = explorefigure.Rates(searched(t, explore.Axis{Name: "learning rate", Values: []explore.Value{explore.WithCallback("small", nil)}}))
	assert.ErrorContains(t, err, `"small" is no number`)
}

// What a rate suggested by a range test would have trained to, seen on the curve of a grid.
func ExampleRates() {
	points, err := explore.Space{explore.LearningRates(explore.LogSpace(1e-4, 1, 5)...)}.Grid()
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := explore.Search(context.Background(), quick(), points, explore.SearchOptions{Run: run})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := explorefigure.Rates(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	test, err := explore.RangeTestOf(context.Background(), quick(), run.Fit, explore.RangeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	f.Suggestions = explorefigure.RangeTest(test).Suggestions
	fmt.Println(f.Title, f.Rates)
	// Output:
	// Final loss by learning rate [0.0001 0.001 0.01 0.1 1]
}
