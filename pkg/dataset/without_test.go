package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithout(t *testing.T) {
	d := Data{X: Array{[]int{4, 1}, []float32{0, 1, 2, 3}}, Y: Array{[]int{4}, []float32{10, 11, 12, 13}}, SampleWeight: []float32{1, 2, 3, 4}}
	rest, err := d.Without([]int{3, 1, 1})
	require.NoError(t, err)
	require.Equal(t, Data{X: Array{[]int{2, 1}, []float32{0, 2}}, Y: Array{[]int{2}, []float32{10, 12}}, SampleWeight: []float32{1, 3}}, rest)
	rest, err = d.Without(nil)
	require.NoError(t, err)
	require.Equal(t, d, rest)
	for _, rows := range [][]int{{-1}, {4}} {
		_, err = d.Without(rows)
		require.ErrorContains(t, err, "of 4 rows")
	}
	_, err = d.Without([]int{0, 1, 2, 3})
	require.ErrorIs(t, err, ErrNoRows)
}
