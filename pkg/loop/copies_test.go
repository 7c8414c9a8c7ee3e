package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// What an optimizer does to copies in 32 bits, which the weights follow, is told of the weights. Copies that get no gradient, that the weights
// don't follow, or of another shape, are none.
func TestCopiesThatAnOptimizerTrains(t *testing.T) {
	const moves = 0.001 // less than bfloat16 has room for beside 1
	recorded := func(change func(step int, values map[string][]float32)) *Recording {
		r := &Recording{
			Parameters: []Parameter{{Name: "weight", Shape: []int{2}, Model: true, Trainable: true, Type: "bfloat16"}, {Name: "foreign:0", Shape: []int{2}}},
			Optimizers: []Optimizer{{Class: "SGD", Holds: [][]int{{1}}}},
		}
		copied := []float32{1, -1}
		for n := range 4 {
			after := []float32{copied[0] - moves, copied[1] + moves}
			values := map[string][]float32{
				"before/0": r.Parameters[0].rounded(copied), "before/1": copied, "own/0": {1, -1}, "grad/1": {1, -1},
				"after/0": r.Parameters[0].rounded(after), "after/1": after,
			}
			if change != nil {
				change(n, values)
			}
			s := Step{Number: n + 1, Arrayed: true, Backwards: 1, Events: []string{"backward", "step"}, Stepped: []int{1}, values: map[string]dataset.Array{}}
			for name, v := range values {
				s.values[name] = dataset.Array{Shape: []int{len(v)}, Values: v}
			}
			r.Steps, copied = append(r.Steps, s), after
		}
		r.follow()
		r.inSixteenBits()
		r.trainCopies()
		return r
	}
	r := recorded(nil)
	require.True(t, r.Parameters[0].copied)
	require.Equal(t, [][]int{{0}}, r.Optimizers[0].Holds)
	require.Equal(t, []int{0}, r.Steps[1].Stepped)
	require.Equal(t, []float32{1, -1}, r.Steps[1].seen(0))
	require.InDeltaSlice(t, []float32{-moves, moves}, r.Steps[1].update(0), 1e-6, "as the copy moves, which the weight has no room for")
	require.Equal(t, []float32{1, -1}, r.Steps[1].before[0].Values)
	require.Nil(t, wrongParameters(r))

	for name, change := range map[string]func(step int, values map[string][]float32){
		"no gradient":     func(_ int, values map[string][]float32) { delete(values, "grad/1") },
		"left behind":     func(_ int, values map[string][]float32) { values["before/0"] = []float32{0.5, -1} },
		"one step behind": func(step int, values map[string][]float32) { values["before/1"][0] += float32(step) },
	} {
		r := recorded(change)
		require.False(t, r.Parameters[0].copied, name)
		require.Equal(t, [][]int{{1}}, r.Optimizers[0].Holds, name)
	}
}
