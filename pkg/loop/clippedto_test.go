package loop

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// A limit of gradients that is the learning rate or the weight decay is named where it cuts each of them to a quarter or less; another limit,
// one that lets a step through and one that leaves most of a gradient aren't.
func TestClippedToAnotherSetting(t *testing.T) {
	for name, c := range map[string]struct {
		limit, length float64
		whole         bool // of one step the gradient is short
		says          string
	}{
		"the rate":              {0.05, 1, false, "that is the learning rate"},
		"the decay":             {0.01, 1, false, "that is the weight decay"},
		"neither":               {0.04, 1, false, ""},
		"and most of it passes": {0.05, 0.08, false, ""},
		"and one passes":        {0.05, 1, true, ""},
	} {
		r := &Recording{Framework: torchFramework, Parameters: []Parameter{{Name: "w", Shape: []int{2}, Trainable: true, Model: true}},
			Optimizers: []Optimizer{{Groups: []map[string]json.RawMessage{{"weight_decay": json.RawMessage("0.01")}}}}}
		for k := range 6 {
			length := c.length * (1 + 0.1*float64(k))
			if c.whole && k == 3 {
				length = 0.9 * c.limit
			}
			own := []float32{float32(length * math.Cos(float64(k))), float32(length * math.Sin(float64(k)))}
			r.Steps = append(r.Steps, Step{Number: k + 1, Arrayed: true, Backwards: 1, Events: []string{"backward", "step"}, Stepped: []int{0}, Rates: [][]float64{{0.05}}, values: map[string]dataset.Array{
				"own/0":  {Shape: []int{2}, Values: own},
				"grad/0": {Shape: []int{2}, Values: multiplied(own, min(1, c.limit/(length+1e-6)))},
			}})
		}
		f := changed(r, unreplayed(6))
		require.Equal(t, c.says != "", f != nil, name)
		if f != nil {
			require.Equal(t, GradientsChanged, f.Cause, name)
			require.Contains(t, f.Evidence, c.says, name)
		}
	}
}
