package dataset

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShuffleKeepsRowsTogether(t *testing.T) {
	d, err := Random(100, []int{2, 3}, []int{1}, 1)
	require.NoError(t, err)
	d.SampleWeight = make([]float32, 100)
	for row := range d.Rows() {
		d.X.Row(row)[5], d.Y.Row(row)[0], d.SampleWeight[row] = float32(row), float32(row), float32(row)
	}
	mixed, err := d.Shuffle(3)
	require.NoError(t, err)
	require.NoError(t, mixed.Validate())
	require.False(t, slices.IsSorted(mixed.SampleWeight))
	for row, w := range mixed.SampleWeight {
		require.Equal(t, w, mixed.Y.Row(row)[0])
		require.Equal(t, d.X.Row(int(w)), mixed.X.Row(row))
	}
	slices.Sort(mixed.SampleWeight)
	require.Equal(t, d.SampleWeight, mixed.SampleWeight, "every row is there once")

	again, err := d.Shuffle(3)
	require.NoError(t, err)
	require.Equal(t, mixed.Y, again.Y)
	other, err := d.Shuffle(4)
	require.NoError(t, err)
	require.NotEqual(t, mixed.Y, other.Y)
	_, err = Data{}.Shuffle(1)
	require.ErrorIs(t, err, ErrNoRows)
}

func TestTake(t *testing.T) {
	d, err := sample().Take([]int{2, 0, 2})
	require.NoError(t, err)
	require.Equal(t, []float32{5, 6, 1, 2, 5, 6}, d.X.Values)
	require.Equal(t, []string{"age", "bmi"}, d.Features)
	for _, bad := range [][]int{nil, {3}, {-1}} {
		_, err := sample().Take(bad)
		require.Error(t, err)
	}
}
