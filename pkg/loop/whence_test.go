package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Of what isn't finite in a step the first is told, and where it arises.
func TestWhenceNumbersBreak(t *testing.T) {
	nan := float32(math.NaN())
	numbers := func(v ...float32) dataset.Array { return dataset.Array{Shape: []int{len(v), 1}, Values: v} }
	for name, c := range map[string]struct {
		loss   bool // that it isn't finite
		values map[string]dataset.Array
		where  string
		told   string
	}{
		"a row of the inputs":      {true, map[string]dataset.Array{"x": numbers(1, nan, 2), "y": numbers(nan, 1, 2), "out": numbers(1, nan, 2)}, inInputs, "the batch's inputs aren't numbers already, in 1 of 3 rows"},
		"the targets":              {true, map[string]dataset.Array{"x": numbers(1, 2), "y": numbers(nan, nan), "out": numbers(1, 2)}, inTargets, "the batch's targets aren't numbers already, in 2 of 2 rows"},
		"the model's outputs":      {true, map[string]dataset.Array{"x": numbers(1), "y": numbers(1), "out/0": numbers(1), "out/1": numbers(nan)}, inModel, "the model's outputs aren't numbers"},
		"the loss":                 {true, map[string]dataset.Array{"x": numbers(1), "out": numbers(1)}, inLoss, "it arises between them and the loss"},
		"the loss's gradient":      {false, map[string]dataset.Array{"out": numbers(1), "cotangent/0": numbers(nan)}, inLoss, "it arises in the loss"},
		"the model's gradient":     {false, map[string]dataset.Array{"out": numbers(1), "cotangent/0": numbers(1)}, inModel, "on the way back through the model"},
		"outputs that aren't kept": {true, map[string]dataset.Array{"x": numbers(1)}, "", ""},
	} {
		where, told := (&Step{LossNotFinite: c.loss, Backwards: 1, values: c.values}).whence()
		require.Equal(t, c.where, where, name)
		require.Contains(t, told, c.told, name)
		require.Equal(t, c.told == "", told == "", name)
	}
}
