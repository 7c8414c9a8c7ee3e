package loop

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Gradients of one sign are told from those that are cut on both sides, and from those of a loss as they are.
func TestGradientsOfOneSign(t *testing.T) {
	for name, c := range map[string]struct {
		changed func(v float64) float64
		says    string // empty: nothing of signs
	}{
		"from 0 up":   {func(v float64) float64 { return max(v, 0) }, "no negative number"},
		"up to 0":     {func(v float64) float64 { return min(v, 0) }, "no positive number"},
		"their sizes": {math.Abs, "no negative number"},
		"both sides":  {func(v float64) float64 { return max(-1e-3, min(v, 1e-3)) }, ""},
		"as they are": {func(v float64) float64 { return v }, ""},
	} {
		report := named(t, func(r *Recording) {
			for k := range r.Steps {
				s := &r.Steps[k]
				for _, i := range s.Stepped {
					own := s.accumulated(i)
					values := make([]float32, len(own))
					for at, v := range own {
						values[at] = float32(c.changed(float64(v)))
					}
					s.values[fmt.Sprintf("grad/%d", i)] = dataset.Array{Shape: r.Parameters[i].Shape, Values: values}
				}
			}
		})
		if c.says == "" {
			for _, f := range report.Findings {
				require.NotContains(t, f.Evidence, "one way only", name)
			}
			continue
		}
		require.Equal(t, GradientsChanged, report.Cause, name)
		require.Contains(t, report.Findings[0].Evidence, c.says, name)
	}
}
