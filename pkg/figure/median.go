package figure

import (
	"math"
	"slices"
)

// median of the finite values; NaN when there are none.
func median(values []float64) float64 {
	kept := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !finite(v) })
	if len(kept) == 0 {
		return math.NaN()
	}
	slices.Sort(kept)
	mid := len(kept) / 2
	if len(kept)%2 == 1 {
		return kept[mid]
	}
	return (kept[mid-1] + kept[mid]) / 2
}
