package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Losses of a mean error are named for what they are, whichever of outputs and targets is taken from the other.
func TestMeanError(t *testing.T) {
	none := math.NaN()
	outputs, targets := []float32{1, 2, 3, 4}, []float32{4, 4, 3, 1} // errors of -3, -2, 0, 3: their mean is -0.5
	for what, c := range map[string]struct {
		recorded float64
		way      string // empty: no finding
	}{
		"squared":                {0.25, meanSquared},
		"absolute":               {0.5, meanAbsolute},
		"outputs less targets":   {-0.5, meanAlone},
		"of the squares":         {22.0 / 4, ""},
		"nothing that is known":  {7, ""},
		"a loss that is unknown": {none, ""},
	} {
		r, all := &Recording{}, &replays{}
		for k := range 4 {
			r.Steps = append(r.Steps, Step{Number: k + 1, Loss: &c.recorded})
			one := claim{outputs: []dataset.Array{{Shape: []int{4, 1}, Values: outputs}}, targets: []dataset.Array{{Shape: []int{4, 1}, Values: targets}}}
			all.steps = append(all.steps, replayed{claims: []claim{one}, value: 22.0 / 4})
		}
		way := ""
		for _, h := range hypotheses {
			if h.text != meanSquared && h.text != meanAbsolute && h.text != meanAlone {
				continue
			}
			if v, ok := h.value(r, all, 0); ok && near(v, c.recorded, 1e-4) && way == "" {
				way = h.text
			}
		}
		require.Equal(t, c.way, way, what)
	}
	several := claim{outputs: make([]dataset.Array, 2), targets: make([]dataset.Array, 2)}
	_, ok := meanError(squared)(nil, &replays{steps: []replayed{{claims: []claim{several}}}}, 0)
	require.False(t, ok)
}
