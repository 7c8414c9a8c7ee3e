package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func grid(by float64) func(int, []float32, []float32) {
	return func(_ int, _, w []float32) {
		for n := range w {
			w[n] = float32(math.Round(float64(w[n])*by) / by)
		}
	}
}

// Weights on a coarse grid lose their steps; a fine one, whose values are as many as the numbers, a mask of zeros and a coarse one that lets
// steps through are no fault.
func TestRoundedOff(t *testing.T) {
	for name, c := range map[string]struct {
		by            float32
		change        func(k int, start, w []float32)
		named, remark bool
	}{
		"to eighths":                    {0.01, grid(8), true, false},
		"to a ten-thousandth":           {0.01, grid(1e4), false, false},
		"to quarters, of steps as long": {0.2, grid(4), false, true},
		"a mask": {0.01, func(_ int, _, w []float32) {
			for n := range w {
				if n%4 > 0 {
					w[n] = 0
				}
			}
		}, false, false},
		"nothing": {0.01, func(int, []float32, []float32) {}, false, false},
	} {
		f, remark := roundedOff(moved(c.by, c.change))
		require.Equal(t, c.named, f != nil, name)
		require.Equal(t, c.remark, remark != "", "%s: %s", name, remark)
		if c.named {
			require.Contains(t, f.Evidence, "the weights are rounded ahead of each step", name)
		}
	}
}
