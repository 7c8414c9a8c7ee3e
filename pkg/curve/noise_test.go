package curve

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The median is that of the sorted numbers, of few and many, in any order, and of NaN, which sorts first.
func TestMedian(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 31, 32, 33, 34, 1000, 1001} {
		for name, value := range map[string]func(i int) float64{
			"drawn": func(int) float64 { return r.NormFloat64() }, "few": func(int) float64 { return float64(r.IntN(3)) }, "one": func(int) float64 { return 2 },
			"rising": func(i int) float64 { return float64(i) }, "falling": func(i int) float64 { return float64(-i) }, "a roof": func(i int) float64 { return float64(min(i, n-i)) },
			"holes": func(i int) float64 { return map[bool]float64{true: math.NaN(), false: float64(i)}[i%3 == 1] },
		} {
			values := make([]float64, n)
			for i := range values {
				values[i] = value(i)
			}
			given, sorted := slices.Clone(values), slices.Sorted(slices.Values(values))
			want := sorted[n/2]
			if n%2 == 0 {
				want = sorted[n/2-1]/2 + sorted[n/2]/2
			}
			got := median(values)
			require.True(t, got == want || math.IsNaN(got) && math.IsNaN(want), "%d %s: %v, not %v", n, name, got, want)
			require.Equal(t, len(given), len(values))
			if !math.IsNaN(value(1)) {
				require.Equal(t, given, values, "they are as they were")
			}
			if n > 3 && !math.IsNaN(value(1)) {
				require.Equal(t, median(values[:4]), middle(values[0], values[1], values[2], values[3]))
			}
		}
	}
	require.Zero(t, median(nil))
}
