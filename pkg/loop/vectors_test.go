package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLeastSquares(t *testing.T) {
	a, b, c := []float32{1, 0, 0, 1}, []float32{1e-4, 1e-4, 0, 0}, []float32{0, 2, 1, 1}
	target := make([]float32, len(a))
	for i := range target {
		target[i] = 0.5*a[i] + 300*b[i] - 0.25*c[i]
	}
	require.InDeltaSlice(t, []float64{0.5, 300, -0.25}, leastSquares([][]float32{a, b, c}, target), 1e-3)
	require.InDeltaSlice(t, []float64{1}, leastSquares([][]float32{{1, 0}}, []float32{1, 5}), 1e-12, "what no vector reaches is left")

	require.Nil(t, leastSquares([][]float32{a, b, sum(a, b)}, target), "one is a sum of others")
	require.Nil(t, leastSquares([][]float32{a, make([]float32, 4)}, target), "one is zero")
	require.Nil(t, leastSquares([][]float32{a, {0, float32(math.NaN()), 0, 0}}, target), "one is no number")
	require.Nil(t, leastSquares([][]float32{a, b}, []float32{float32(math.Inf(1)), 0, 0, 0}), "the target is no number")
}
