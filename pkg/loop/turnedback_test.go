package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An average of the weights that is copied into them again and again takes nearly all of the way back that they have come; one that is
// halfway, as of an optimizer that looks ahead, doesn't.
func TestAveragesThatAreCopiedBack(t *testing.T) {
	every := func(n int, keep float32) func(int, []float32, []float32) {
		return func(k int, slow, w []float32) {
			if k%n == n-1 {
				for i := range w {
					slow[i] += keep * (w[i] - slow[i])
					w[i] = slow[i]
				}
			}
		}
	}
	for name, c := range map[string]struct {
		change func(int, []float32, []float32)
		named  bool
	}{
		"a tenth, at each step":       {every(1, 0.1), true},
		"a hundredth, at every third": {every(3, 0.01), true},
		"half, at every third":        {every(3, 0.5), false},
		"a fifth, at every third":     {every(3, 0.2), false},
	} {
		f, _ := overwritten(stepping(c.change))
		require.Equal(t, c.named, f != nil, name)
	}
}
