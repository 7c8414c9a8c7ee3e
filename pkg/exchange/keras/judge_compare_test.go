package keras

import (
	"fmt"
	"math"
)

// off says where two lists differ by more than the tolerance, relative where they are above 1.
func off[W, G ~float32 | ~float64](what string, want []W, got []G, tolerance float64) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%s: %d values, Keras has %d", what, len(got), len(want))
	}
	for i := range want {
		w, g := float64(want[i]), float64(got[i])
		if w == g || math.IsNaN(w) && math.IsNaN(g) {
			continue
		}
		if !(math.Abs(w-g) <= tolerance*max(1, math.Abs(w))) {
			return fmt.Sprintf("%s: value %d is %v, Keras has %v", what, i, g, w)
		}
	}
	return ""
}

// largest is the size of the largest number.
func largest(lists [][]maybe) float64 {
	most := 0.0
	for _, list := range lists {
		for _, x := range list {
			most = max(most, math.Abs(float64(x)))
		}
	}
	return most
}

// within tells whether no number is further from the one wanted.
func within(want []maybe, got []float32, slack float64) bool {
	for i, w := range want {
		if i >= len(got) || !(math.Abs(float64(w)-float64(got[i])) <= slack) {
			return false
		}
	}
	return true
}
