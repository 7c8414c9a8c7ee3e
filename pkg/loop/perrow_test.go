package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// Gradients that are divided or multiplied by the number of a batch's rows are named, though the factor is another one for the last batch;
// of a loss that is summed up, and where the factor follows nothing, they aren't.
func TestGradientsByTheNumberOfRows(t *testing.T) {
	mean, sum := loss.MSE{}, loss.Summed{Of: loss.MSE{}}
	for name, c := range map[string]struct {
		of     loss.Loss
		factor func(rows, k int) float64
		named  bool
	}{
		"divided":                     {mean, func(rows, _ int) float64 { return 1 / float64(rows) }, true},
		"multiplied":                  {mean, func(rows, _ int) float64 { return float64(rows) }, true},
		"of a sum, as it should be":   {sum, func(rows, _ int) float64 { return 1 / float64(rows) }, false},
		"another one at another step": {mean, func(_, k int) float64 { return 1 / float64(3+k) }, false},
		"as they are":                 {mean, func(int, int) float64 { return 1 }, false},
	} {
		r := &Recording{Framework: torchFramework, Parameters: []Parameter{{Name: "w", Shape: []int{2}, Trainable: true, Model: true}}}
		all := unreplayed(6)
		for k := range all.steps {
			rows := 8
			if k%3 == 2 {
				rows = 5
			}
			gradient := []float32{0.5, -0.25 * float32(k+1)}
			r.Steps = append(r.Steps, Step{Number: k + 1, Arrayed: true, Backwards: 1, Events: []string{"backward", "step"}, Stepped: []int{0}, values: map[string]dataset.Array{
				"y":      {Shape: []int{rows, 1}, Values: make([]float32, rows)},
				"own/0":  {Shape: []int{2}, Values: gradient},
				"grad/0": {Shape: []int{2}, Values: multiplied(gradient, c.factor(rows, k))},
			}})
			all.steps[k].claim = &claim{loss: c.of}
		}
		f := changed(r, all)
		require.Equal(t, c.named, f != nil, name)
		if c.named {
			require.Equal(t, GradientsChanged, f.Cause, name)
			require.Equal(t, perRow, f.way, name)
			require.Contains(t, f.Evidence, "(5 to 8 of them)", name)
		}
	}
}
