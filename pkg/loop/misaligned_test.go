package loop

import (
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// A gradient of ±1/n fits some target's absolute error at any output. One that is the same at all of them says that nothing was compared: it is that of a
// mean of the outputs, and of their differences to any targets.
func TestOneGradientForAllOutputsIsNoPairing(t *testing.T) {
	column := func(values ...float32) []dataset.Array {
		return []dataset.Array{{Shape: []int{len(values), 1}, Values: values}}
	}
	outputs, targets := column(0.1, 0.9, 0.4, 0.6), column(0, 1, 0.5, 0.7)
	count := func(gradients []dataset.Array) (own, any, rows int) {
		r := &Recording{Steps: []Step{{Number: 1, values: map[string]dataset.Array{"cotangent": gradients[0]}}}}
		all := &replays{backend: gobackend.GetBackend(), steps: []replayed{{claims: []claim{{loss: loss.MAE{}, outputs: outputs, targets: targets}}}}}
		return paired(r, all, 0)
	}
	own, any, rows := count(column(0.25, -0.25, -0.25, -0.25))
	require.Equal(t, []int{4, 4, 4}, []int{own, any, rows}, "each with its own")
	own, any, rows = count(column(0.25, -0.25, 0.25, -0.25))
	require.Equal(t, []int{3, 4, 4}, []int{own, any, rows}, "one with another's")
	_, _, rows = count(column(0.25, 0.25, 0.25, 0.25))
	require.Zero(t, rows)
}
