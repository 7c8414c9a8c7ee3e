package run_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// A loss at the start that was noted elsewhere holds or is refused with both numbers, sums as sums.
func TestCheckStart(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	for name, c := range map[string]struct {
		loss loss.Loss
		want float64 // of the first two rows: predictions 0, targets 1, 2 and 3, 4
	}{
		"mean": {loss.MSE{}, 30.0 / 4},
		"sum":  {loss.Summed{Of: loss.MSE{}, AsTorch: true}, 30},
	} {
		t.Run(name, func(t *testing.T) {
			described := training.Training{
				Model:     nn.Sequential{nn.Dense{Units: 2, KernelInitializer: nn.Zeros{}}},
				Data:      dataset.Data{X: dataset.Array{Shape: []int{3, 1}, Values: []float32{1, 2, 3}}, Y: dataset.Array{Shape: []int{3, 2}, Values: []float32{1, 2, 3, 4, 9, 9}}},
				Optimizer: optim.SGD(0.1), Loss: c.loss,
			}
			described.Noted = training.Noted{Rows: 2, Loss: c.want}
			require.NoError(t, run.CheckStart(t.Context(), described, fit.Options{}))
			described.Noted.Loss = c.want * 1.001
			require.ErrorContains(t, run.CheckStart(t.Context(), described, fit.Options{}), "of its first 2 rows the loss is")
			described.Noted.Loss = math.NaN()
			require.Error(t, run.CheckStart(t.Context(), described, fit.Options{}))
			described.Noted.Rows = 0
			require.NoError(t, run.CheckStart(t.Context(), described, fit.Options{}))
		})
	}
}
