package loop

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Gradients that the optimizer sees as zeros were cleared, unless the program changes them between backward and step and clears none there.
func TestZerosThatNothingClears(t *testing.T) {
	place := func(kind string, at int, of ...bool) Place {
		return Place{Kind: kind, Line: Line{File: "train.py", Line: at}, Last: at, Clears: len(of) > 0}
	}
	backward, step := place("backward", 5), place("step", 9)
	for name, c := range map[string]struct {
		places []Place
		want   Cause
	}{
		"clipped at 0":              {[]Place{place("zero_grad", 3), backward, place("gradients", 6), step}, GradientsChanged},
		"cleared":                   {[]Place{backward, place("zero_grad", 6), step}, GradientsCleared},
		"cleared, and clipped":      {[]Place{backward, place("gradients", 6), place("zero_grad", 7), step}, GradientsCleared},
		"set to 0 one by one":       {[]Place{place("zero_grad", 3), backward, place("gradients", 6, true), step}, GradientsCleared},
		"clipped ahead of backward": {[]Place{place("gradients", 2), backward, step}, GradientsCleared},
		"nothing in the program":    {[]Place{backward, step}, GradientsCleared},
	} {
		report := named(t, func(r *Recording) {
			r.Source = &Source{Places: c.places}
			for k := range r.Steps {
				s := &r.Steps[k]
				s.BackwardLine, s.StepLine = &Line{File: "train.py", Line: 5}, &Line{File: "train.py", Line: 9}
				for _, i := range s.Stepped {
					s.values[fmt.Sprintf("grad/%d", i)] = dataset.Array{Shape: r.Parameters[i].Shape, Values: make([]float32, len(s.accumulated(i)))}
				}
			}
		})
		require.Equal(t, c.want, report.Cause, "%s: %s", name, report.Text())
	}
}
