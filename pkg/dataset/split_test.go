package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitTakesTheLastRows(t *testing.T) {
	d := sample()
	d.SampleWeight = []float32{1, 2, 3}
	train, validation, err := d.Split(0.5) // int(3·0.5) = 1 row to train on
	require.NoError(t, err)
	require.NoError(t, train.Validate())
	require.NoError(t, validation.Validate())
	require.Equal(t, []float32{1, 2}, train.X.Values)
	require.Equal(t, []float32{3, 4, 5, 6}, validation.X.Values)
	require.Equal(t, []float32{8, 9}, validation.Y.Values)
	require.Equal(t, []float32{2, 3}, validation.SampleWeight)
	require.Equal(t, d.Features, validation.Features)
	require.Equal(t, []int{3, 2}, d.X.Shape, "the original keeps its shape")
}

func TestSplitCountsLikeKeras(t *testing.T) {
	// split_at = int(rows·(1−fraction)), with float64's own rounding: 10·(1−0.9) is 0.99…, so 0 rows.
	for _, test := range []struct {
		rows     int
		fraction float64
		train    int
	}{{1000, 0.2, 800}, {442, 0.2, 353}, {10, 0.3, 7}, {3, 0.34, 1}} {
		d, err := Random(test.rows, []int{1}, []int{1}, 0)
		require.NoError(t, err)
		train, validation, err := d.Split(test.fraction)
		require.NoError(t, err)
		require.Equal(t, test.train, train.Rows())
		require.Equal(t, test.rows-test.train, validation.Rows())
	}
}

func TestSplitRefuses(t *testing.T) {
	d := sample()
	for _, fraction := range []float64{0, 1, -0.1, 1.5, math.NaN(), math.Inf(1), 0.99} {
		_, _, err := d.Split(fraction)
		require.Error(t, err, fraction)
	}
	d.Y.Values = nil
	_, _, err := d.Split(0.5)
	require.ErrorIs(t, err, ErrShape)
}

func TestSlice(t *testing.T) {
	part, err := sample().Slice(1, 3)
	require.NoError(t, err)
	require.Equal(t, []float32{8, 9}, part.Y.Values)
	for _, bad := range [][2]int{{-1, 1}, {0, 4}, {2, 2}, {2, 1}} {
		_, err := sample().Slice(bad[0], bad[1])
		require.ErrorIs(t, err, ErrNoRows)
	}
}
