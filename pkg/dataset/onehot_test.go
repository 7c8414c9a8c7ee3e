package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOneHot(t *testing.T) {
	labels := Array{[]int{3, 1}, []float32{2, 0, 1}}
	hot, err := OneHot(labels, 0)
	require.NoError(t, err)
	require.Equal(t, Array{[]int{3, 3}, []float32{0, 0, 1, 1, 0, 0, 0, 1, 0}}, hot)
	hot, err = OneHot(labels, 4)
	require.NoError(t, err)
	require.Equal(t, []int{3, 4}, hot.Shape)
	require.Equal(t, []float32{0, 0, 1, 0}, hot.Row(0))
}

func TestOneHotRefuses(t *testing.T) {
	for _, label := range []float32{-1, 0.5, float32(math.NaN()), float32(math.Inf(1)), 1e9} {
		_, err := OneHot(Array{[]int{2}, []float32{0, label}}, 0)
		require.ErrorContains(t, err, "row 2 has label", label)
	}
	_, err := OneHot(Array{[]int{2}, []float32{0, 3}}, 3)
	require.ErrorContains(t, err, "row 2 has label 3; with 3 classes")
	_, err = OneHot(Array{[]int{1, 2}, []float32{0, 1}}, 0)
	require.ErrorIs(t, err, ErrShape)
	_, err = OneHot(Array{[]int{1}, []float32{0}}, -1)
	require.Error(t, err)
}
