package explore_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Trainings that share a program drop what their own seed says, in whatever order and company.
func TestSearchOverSeedsOfDropout(t *testing.T) {
	data, err := dataset.Random(40, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	ones := nn.Ones{} // so that nothing else is drawn
	base := training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 8, KernelInitializer: ones}, nn.Dropout{Rate: 0.5}, nn.Dense{Units: 1, KernelInitializer: ones}},
		Optimizer: optim.Adam(1e-2), Loss: loss.MSE{}, Data: data,
		Epochs: 2, NoShuffle: true,
	}
	points := grid(t, explore.LearningRates(1e-2))
	score := func(workers int, seeds ...int64) map[int64]float64 {
		table, err := explore.Search(context.Background(), base, points, explore.SearchOptions{Run: onGo, Seeds: seeds, Workers: workers})
		require.NoError(t, err)
		scores := map[int64]float64{}
		for _, trial := range table.Rows[0].Trials {
			scores[trial.Seed] = trial.Score
		}
		return scores
	}
	all := score(4, 1, 2, 3, 4)
	distinct := map[float64]bool{}
	for seed, s := range all {
		distinct[s] = true
		require.Equal(t, s, score(1, seed)[seed], "seed %d", seed)
	}
	require.Len(t, distinct, 4)
}
