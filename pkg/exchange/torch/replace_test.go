package torch

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Other numbers take the place of a parameter's, turned around as its own are, and nothing else changes; what the file doesn't have
// is passed over.
func TestReadModelWithOtherNumbers(t *testing.T) {
	const path = "../../../examples/stuck-loop/model.pt2"
	plain, err := ReadModel(path)
	require.NoError(t, err)
	numbers := make([]float32, 64) // body.0.weight is [16, 4]
	for i := range numbers {
		numbers[i] = float32(i)
	}
	other, err := ReadModelWith(path, map[string]dataset.Array{
		"body.0.weight": {Values: numbers}, "body.0.bias": {Values: []float32{1}}, "nobody": {Values: numbers},
	})
	require.NoError(t, err)
	kernel := plain.Places["body.0.weight"]
	require.Len(t, kernel, 1)
	for i, w := range other.Weights {
		if w.Path != kernel[0] {
			require.Equal(t, plain.Weights[i], w)
			continue
		}
		require.Equal(t, []int{4, 16}, w.Array.Shape)
		require.Equal(t, []float32{0, 4, 8}, w.Array.Values[:3])
		require.False(t, slices.Equal(plain.Weights[i].Array.Values, w.Array.Values))
	}
}
