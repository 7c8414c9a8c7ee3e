package explore_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/optim"
)

// rowOf is a row with one trial for each score, of seeds 0, 1, …
func rowOf(scores ...float64) explore.Row {
	var r explore.Row
	for i, s := range scores {
		r.Trials = append(r.Trials, explore.Trial{Seed: int64(i), Score: s, Loss: []float64{2 * s, s}})
	}
	return r
}

// The numbers are those of Student's sleep data (Biometrika 6, 1908): ten patients, the hours that each of two drugs
// added to their sleep. Difference 1.58, its 95 % interval 0.70 to 2.46, as R's t.test(paired = TRUE) gives.
func TestPairedOnStudentsOwnData(t *testing.T) {
	first := rowOf(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2)
	second := rowOf(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
	d, err := explore.Paired(first, second, 0.95)
	require.NoError(t, err)
	assert.Equal(t, 10, d.Pairs)
	assert.InDelta(t, 1.58, d.Mean, 1e-12)
	assert.InDelta(t, 0.7001142, d.Low, 1e-6)
	assert.InDelta(t, 2.4598858, d.High, 1e-6)
	assert.True(t, d.Clear())
	d, err = explore.Paired(first, second, 0.9999)
	require.NoError(t, err)
	assert.False(t, d.Clear())
}

func TestPairedLeavesOutWhatDiverged(t *testing.T) {
	d, err := explore.Paired(rowOf(1, math.NaN(), 3, 4), rowOf(2, 3, 4, math.Inf(1)), 0.95)
	require.NoError(t, err)
	assert.Equal(t, explore.Difference{Pairs: 2, LeftOut: 2, Mean: 1, Low: 1, High: 1, Level: 0.95}, d)
	assert.Equal(t, "1 (95 % confidence: 1 to 1, 2 seeds), 2 left out", d.String())
	_, err = explore.Paired(rowOf(1), rowOf(2), 0.95)
	assert.ErrorContains(t, err, "an interval needs 2")
	_, err = explore.Paired(rowOf(1, 2), rowOf(2, 3), 1)
	assert.ErrorContains(t, err, "confidence level 1")
}

func TestBand(t *testing.T) {
	r := rowOf(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2)
	r.Trials = append(r.Trials, explore.Trial{Loss: []float64{math.NaN()}}, explore.Trial{Loss: []float64{0, 0, 9}, Validation: nil, Err: "none"})
	b, err := r.Band(0.95)
	require.NoError(t, err)
	require.Len(t, b.Mean, 2)
	assert.InDelta(t, 0.75, b.Mean[1], 1e-12)
	assert.InDelta(t, -0.5297804, b.Low[1], 1e-6) // t.test of the first group
	assert.InDelta(t, 2.0297804, b.High[1], 1e-6)
	assert.InDelta(t, 2*b.High[1], b.High[0], 1e-12)

	one, err := rowOf(3).Band(0.95)
	require.NoError(t, err)
	assert.Equal(t, []float64{6, 3}, one.Mean)
	assert.True(t, math.IsNaN(one.Low[0]))
	_, err = r.Band(95)
	assert.ErrorContains(t, err, "confidence level 95")
}

func TestSchedulesOnTheSameModel(t *testing.T) {
	base := quick(t)
	base.Epochs = 30
	base.Optimizer = optim.SGD(0.05)
	table, err := explore.Search(ctx, base, grid(t, explore.Schedules()), explore.SearchOptions{Run: onGo, Seeds: []int64{1, 2, 3}})
	require.NoError(t, err)
	require.Len(t, table.Rows, 5)
	rows := map[string]explore.Row{}
	for _, r := range table.Rows {
		assert.Zero(t, r.Failed+r.Diverged, r.Label("schedule"))
		rows[r.Label("schedule")] = r
	}
	// The first step of all but one-cycle is taken at the same rate.
	p, err := grid(t, explore.Schedules())[0].Apply(base)
	require.NoError(t, err)
	assert.Nil(t, p.Optimizer.Schedule)
	for i, last := range map[int]float64{1: 0, 2: 0.05 / 25 / 1e4, 3: 0.05 * 0.01} {
		p, err := grid(t, explore.Schedules())[i].Apply(base)
		require.NoError(t, err)
		require.Equal(t, 60, p.Updates())
		end := p.Optimizer.Rate(60)
		assert.InDelta(t, last, end, 1e-12, "schedule %d", i)
		highest := 0.0
		for step := range 60 {
			highest = max(highest, p.Optimizer.Rate(step))
		}
		assert.InEpsilon(t, 0.05, highest, 1e-9)
	}
	assert.NotEqual(t, rows["constant"].Score, rows["cosine"].Score)
	d, err := explore.Paired(rows["constant"], rows["cosine"], 0.95)
	require.NoError(t, err)
	assert.Equal(t, 3, d.Pairs)

	base.Optimizer = base.Optimizer.WithSchedule(optim.Cosine{Initial: 1, Steps: 3})
	table, err = explore.Search(ctx, base, grid(t, explore.Schedules()), explore.SearchOptions{Run: onGo})
	require.NoError(t, err)
	for _, r := range table.Rows {
		assert.Contains(t, r.Trials[0].Err, "has a schedule already")
	}
}
