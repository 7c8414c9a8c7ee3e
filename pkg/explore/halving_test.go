package explore_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
)

// The last round's numbers are those of whole trainings, and the rounds before have fewer epochs and more points.
func TestHalvingEndsWithWholeTrainings(t *testing.T) {
	base := quick(t)
	base.Epochs = 8
	points := grid(t, explore.LearningRates(append(explore.LogSpace(1e-5, 0.1, 7), 1e30)...))
	var epochs, rows []int
	table, err := explore.Halve(ctx, base, points, explore.HalvingOptions{Search: explore.SearchOptions{Run: onGo, OneByOne: true}, Round: func(e int, t explore.Table) {
		epochs, rows = append(epochs, e), append(rows, len(t.Rows))
	}})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2, 4, 8}, epochs)
	assert.Equal(t, []int{8, 4, 2, 1}, rows)
	best := table.Rows[0]
	alone, err := explore.Search(ctx, base, points[best.Point:best.Point+1], explore.SearchOptions{Run: onGo, OneByOne: true})
	require.NoError(t, err)
	assert.Equal(t, alone.Rows[0].Score, best.Score)
	assert.Equal(t, points[best.Point].Settings(), best.Settings)
}

func TestHalvingRefuses(t *testing.T) {
	base, points := quick(t), grid(t, explore.LearningRates(0.1, 0.2))
	_, err := explore.Halve(ctx, base, points, explore.HalvingOptions{First: 3})
	require.ErrorContains(t, err, "3 epochs at first")
	_, err = explore.Halve(ctx, base, points, explore.HalvingOptions{Factor: 1})
	require.ErrorContains(t, err, "factor 1")
	base.Epochs = 0
	_, err = explore.Halve(ctx, base, points, explore.HalvingOptions{})
	require.ErrorContains(t, err, "no epochs")
}
