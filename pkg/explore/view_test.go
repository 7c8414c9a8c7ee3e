package explore_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
)

func TestTableByAnotherLoss(t *testing.T) {
	base := quick(t)
	base.Validation = base.Data
	var told []explore.Trial
	table, err := explore.Search(ctx, base, grid(t, explore.LearningRates(0.001, 0.01, 1e30), explore.BatchSizes(-1, 16)), explore.SearchOptions{
		Run: onGo, Seeds: []int64{1, 2, 3}, Monitor: "loss", Progress: func(_, _ int, one explore.Trial) { told = append(told, one) },
	})
	require.NoError(t, err)
	same, err := table.By("loss")
	require.NoError(t, err)
	assert.Equal(t, table.String(), same.String())
	other, err := table.By("val_loss")
	require.NoError(t, err)
	assert.Equal(t, "val_loss", other.Monitor)
	for i, trial := range told {
		told[i].Score = math.NaN()
		if n := len(trial.Validation); n > 0 {
			told[i].Score = trial.Validation[n-1]
		}
	}
	assert.Equal(t, explore.TableOf(told, "val_loss", false).String(), other.String())
	assert.NotEqual(t, table.Rows[0].Score, other.Rows[0].Score)
	_, err = table.By("accuracy")
	assert.ErrorContains(t, err, "SearchOptions.Monitor")

	bare, err := explore.Search(ctx, quick(t), grid(t, explore.LearningRates(0.01)), explore.SearchOptions{Run: onGo})
	require.NoError(t, err)
	_, err = bare.By("val_loss")
	assert.ErrorContains(t, err, "no validation data")
}

func TestTableAtOneValueOfAnAxis(t *testing.T) {
	table, err := explore.Search(ctx, quick(t), grid(t, explore.LearningRates(0.1, 0.001, 0.01), explore.BatchSizes(16, 64)), explore.SearchOptions{Run: onGo, Seeds: []int64{1, 2}})
	require.NoError(t, err)
	before := table.String()
	part, err := table.At("batch size", "64")
	require.NoError(t, err)
	assert.Equal(t, []string{"learning rate"}, part.Axes)
	require.Len(t, part.Rows, 3)
	assert.True(t, slices.IsSortedFunc(part.Rows, func(a, b explore.Row) int { return cmp.Compare(a.Score, b.Score) }), "best first")
	var labels []string
	for _, r := range part.InOrder().Rows {
		assert.Equal(t, []explore.Setting{{Axis: "learning rate", Label: r.Label("learning rate")}}, r.Settings)
		labels = append(labels, r.Label("learning rate"))
	}
	assert.Equal(t, []string{"0.1", "0.001", "0.01"}, labels)
	g, err := table.Grid("learning rate", "batch size")
	require.NoError(t, err)
	for i, r := range part.InOrder().Rows {
		assert.Equal(t, g.Score[1][i], r.Score)
	}
	assert.Equal(t, before, table.String(), "the table is as it was")
	_, err = table.At("altitude", "64")
	assert.ErrorContains(t, err, `no axis "altitude"; it has learning rate, batch size`)
	_, err = table.At("batch size", "65")
	assert.ErrorContains(t, err, `no row of the table has batch size "65"; there are`)
}
