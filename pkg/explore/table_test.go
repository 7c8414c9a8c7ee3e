package explore_test

import (
	"bytes"
	"encoding/gob"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
)

func TestTableRanksByMedian(t *testing.T) {
	base := quick(t)
	points := grid(t, explore.LearningRates(0.01, 1e30), explore.BatchSizes(16, 64))
	table, err := explore.Search(ctx, base, points, explore.SearchOptions{Run: onGo, Seeds: []int64{1, 2, 3, 4}})
	require.NoError(t, err)
	require.Len(t, table.Rows, 4)
	for _, r := range table.Rows[:2] {
		assert.Equal(t, "0.01", r.Label("learning rate"))
		scores := make([]float64, 4)
		for i, trial := range r.Trials {
			assert.EqualValues(t, i+1, trial.Seed)
			scores[i] = trial.Score
		}
		assert.LessOrEqual(t, r.Low, r.Score)
		assert.LessOrEqual(t, r.Score, r.High)
		below := 0
		for _, s := range scores {
			if s < r.Score {
				below++
			}
		}
		assert.Equal(t, 2, below)
	}
	for _, r := range table.Rows[2:] {
		assert.Equal(t, 4, r.Diverged)
		assert.True(t, math.IsNaN(r.Score))
		assert.True(t, math.IsNaN(r.Low))
	}
	assert.Empty(t, table.Rows[0].Label("altitude"))
	best, ok := table.Best()
	assert.True(t, ok)
	assert.Equal(t, table.Rows[0].Point, best.Point)
	_, ok = explore.Table{Rows: table.Rows[2:]}.Best()
	assert.False(t, ok)
	_, ok = explore.Table{}.Best()
	assert.False(t, ok)

	cells := table.Cells()
	require.Len(t, cells, 4)
	for _, row := range cells {
		assert.Len(t, row, len(table.Columns()))
	}
	assert.Equal(t, "4 diverged", cells[3][6])

	g, err := table.Grid("batch size", "learning rate")
	require.NoError(t, err)
	assert.Equal(t, []string{"16", "64"}, g.X)
	assert.Equal(t, []string{"0.01", "1e+30"}, g.Y)
	assert.Equal(t, best.Score, min(g.Score[0][0], g.Score[0][1]))
	assert.True(t, math.IsNaN(g.Score[1][0]))
	_, err = table.Grid("batch size", "altitude")
	assert.ErrorContains(t, err, `no axis "altitude"; it has learning rate, batch size`)
}

func TestGridTakesTheBestOverOtherAxes(t *testing.T) {
	table, err := explore.Search(ctx, quick(t), grid(t, explore.LearningRates(0.01, 0.1), explore.BatchSizes(16, 64), explore.Seeds(1, 2)), explore.SearchOptions{Run: onGo})
	require.NoError(t, err)
	g, err := table.Grid("learning rate", "batch size")
	require.NoError(t, err)
	for y, batch := range g.Y {
		for x, rate := range g.X {
			want := math.Inf(1)
			for _, r := range table.Rows {
				if r.Label("learning rate") == rate && r.Label("batch size") == batch {
					want = min(want, r.Score)
				}
			}
			assert.Equal(t, want, g.Score[y][x])
		}
	}
}

// A notebook keeps results with encoding/gob, from one cell to the next.
func TestResultsCanBeStored(t *testing.T) {
	found, err := explore.FindRate(ctx, quick(t), explore.RateOptions{Search: explore.SearchOptions{Run: onGo}})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, gob.NewEncoder(&b).Encode(found))
	var back explore.FoundRate
	require.NoError(t, gob.NewDecoder(&b).Decode(&back))
	assert.Equal(t, found.Tried.String(), back.Tried.String())
	assert.Equal(t, found.Range, back.Range)
}

// The trials of a search in any order are its table.
func TestTableOf(t *testing.T) {
	var trials []explore.Trial
	table, err := explore.Search(ctx, quick(t), grid(t, explore.LearningRates(0.001, 0.01, 0.1)), explore.SearchOptions{
		Run: onGo, Seeds: []int64{1, 2}, Progress: func(_, _ int, one explore.Trial) { trials = append(trials, one) },
	})
	require.NoError(t, err)
	slices.Reverse(trials)
	require.Equal(t, table, explore.TableOf(trials, "loss", false))
}
