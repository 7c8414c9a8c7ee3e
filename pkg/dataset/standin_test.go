package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStandIn(t *testing.T) {
	others := func(mark float64, n int) []float64 {
		values := []float64{math.NaN()}
		for i := range 20 {
			values = append(values, 300+float64(i))
		}
		for range n {
			values = append(values, mark)
		}
		return values
	}
	for mark, n := range map[float64]int{-999: 2, -99: 3, 999: 5, 99999: 2, -9999: 20, 1e20: 2, float64(float32(9.96921e36)): 4, -3.4e38: 2} {
		got, cells := StandIn(others(mark, n))
		require.Equal(t, n, cells, "%g", mark)
		require.InEpsilon(t, mark, got, 1e-12)
	}
	for name, values := range map[string][]float64{
		"once":          others(-999, 1),
		"the usual one": others(-999, 60),
		"no nines":      others(-1000, 4),
		"near":          append(others(999, 3), 980),
		"infinite":      others(math.Inf(1), 3),
		"too short":     others(99, 3),
		"no others":     {-999, -999, 4, 4, 4},
		"empty":         nil,
	} {
		_, cells := StandIn(values)
		require.Zero(t, cells, name)
	}
	both := append(others(-999, 3), -99999, -99999) // each is further from the ordinary than these are from each other, the other among them
	mark, cells := StandIn(both)
	require.Equal(t, 2, cells)
	require.InDelta(t, -99999, mark, 0)
}

func TestRowsWith(t *testing.T) {
	a := Array{Shape: []int{3, 2}, Values: []float32{1, -999, 2, 3, -999, -999}}
	require.Equal(t, []int{0, 2}, a.RowsWith(-999))
	require.Empty(t, a.RowsWith(7))
}
