package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArray(t *testing.T) {
	a, err := NewArray([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)
	require.NoError(t, err)
	require.Equal(t, 2, a.Rows())
	require.Equal(t, 4, a.RowSize())
	require.Equal(t, []float32{5, 6, 7, 8}, a.Row(1))

	_, err = NewArray([]float32{1, 2, 3}, 2, 2)
	require.ErrorIs(t, err, ErrShape)
	_, err = NewArray(nil)
	require.ErrorIs(t, err, ErrNoRows)
}

func TestArrayTensorCopies(t *testing.T) {
	a := Array{Shape: []int{2, 2}, Values: []float32{1, 2, 3, 4}}
	tensor := a.Tensor()
	a.Values[0] = 99
	require.Equal(t, [][]float32{{1, 2}, {3, 4}}, tensor.Value())
}
