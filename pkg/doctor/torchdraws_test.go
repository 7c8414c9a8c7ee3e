package doctor

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Weights that PyTorch's defaults draw are told from smaller, larger and normal ones, of whatever width.
func TestWeightsAsTorchDrawsThem(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	kernels := func(draw func(bound float64) float64) (c training.Training) {
		for _, shape := range [][]int{{2, 20}, {20, 20}, {20, 64}, {64, 3}} {
			a := dataset.Array{Shape: shape, Values: make([]float32, shape[0]*shape[1])}
			for i := range a.Values {
				a.Values[i] = float32(draw(1 / math.Sqrt(float64(shape[0]))))
			}
			c.Weights = append(c.Weights, training.Weight{Path: "/kernel", Array: a}, training.Weight{Path: "/bias", Array: dataset.Array{Shape: shape[1:], Values: make([]float32, shape[1])}})
		}
		return c
	}
	uniform := func(bound float64) float64 { return bound * (2*random.Float64() - 1) }
	for range 200 {
		require.True(t, asTorchDraws(kernels(uniform)))
	}
	for name, draw := range map[string]func(bound float64) float64{
		"zeros":            func(float64) float64 { return 0 },
		"a tenth":          func(bound float64) float64 { return 0.1 * uniform(bound) },
		"twice":            func(bound float64) float64 { return 2 * uniform(bound) },
		"Kaiming's normal": func(bound float64) float64 { return bound * math.Sqrt2 * random.NormFloat64() },
		"all the same":     func(bound float64) float64 { return bound / 2 },
	} {
		require.False(t, asTorchDraws(kernels(draw)), name)
	}
	require.False(t, asTorchDraws(training.Training{}), "no weights are given")
}
