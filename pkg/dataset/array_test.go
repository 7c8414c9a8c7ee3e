package dataset

import (
	"math"
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

// TestAllFinite puts each value that is no number at each place of short and long arrays.
func TestAllFinite(t *testing.T) {
	for n := range 11 {
		values := make([]float32, n)
		for i := range values {
			values[i] = math.MaxFloat32 * float32(1-2*(i%2))
		}
		require.True(t, allFinite(values))
		for i, v := range values {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				values[i] = float32(bad)
				require.False(t, allFinite(values), "%v at %d of %d", bad, i, n)
			}
			values[i] = v
		}
	}
}

func BenchmarkAllFinite(b *testing.B) {
	values := make([]float32, 1<<22)
	b.SetBytes(4 << 22)
	for b.Loop() {
		if !allFinite(values) {
			b.Fatal("zeros are finite")
		}
	}
}
