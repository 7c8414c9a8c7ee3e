package nn_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// TestEmbeddingIndices: any number type will do, and what is no index is NaN on every backend.
func TestEmbeddingIndices(t *testing.T) {
	nan := float32(math.NaN())
	layer := nn.Embedding{InputDim: 300, OutputDim: 1, EmbeddingsInitializer: nn.RandomUniform{Min: 1, Max: 2}}
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		store := model.NewStore()
		mustRun(t, b, store, layer, false, tensor([]float32{0}, 1))
		table := floats(t, store.GetVariable("/layer/embeddings").MustValue())
		for _, c := range []struct {
			x    *tensors.Tensor
			want []float32
		}{
			{tensor([]float32{0, 7.9, 299, 300, -1, nan, 1e30, float32(math.Inf(-1))}, 8), []float32{table[0], table[7], table[299], nan, nan, nan, nan, nan}},
			{tensors.FromValue([]int32{3, 299, 300, -1}), []float32{table[3], table[299], nan, nan}},
			{tensors.FromValue([]int64{3, 299, 1 << 40}), []float32{table[3], table[299], nan}},
			{tensors.FromValue([]uint8{3, 255}), []float32{table[3], table[255]}},
			{tensors.FromValue([]bool{true, false}), []float32{table[1], table[0]}},
		} {
			for i, got := range mustRun(t, b, store, layer, false, c.x) {
				if !near(float64(got), float64(c.want[i])) {
					t.Errorf("%s: vector %d is %g, want %g", c.x, i, got, c.want[i])
				}
			}
		}
	})
}
