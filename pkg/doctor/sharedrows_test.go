package doctor

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Rows that are validated on and trained on are counted and told, whatever the verdict; rows that are alike because few values make all of
// them are not.
func TestSharedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(rows int, value func() float32) dataset.Data {
		d := dataset.Data{X: dataset.Array{Shape: []int{rows, 3}}, Y: dataset.Array{Shape: []int{rows, 1}}}
		for range rows {
			x := []float32{value(), value(), value()}
			d.X.Values, d.Y.Values = append(d.X.Values, x...), append(d.Y.Values, x[0]+x[1]*x[2])
		}
		return d
	}
	normal := func() float32 { return float32(rng.NormFloat64()) }
	joined := func(a, b dataset.Data) dataset.Data {
		return dataset.Data{X: dataset.Array{Shape: []int{a.Rows() + b.Rows(), 3}, Values: append(append([]float32{}, a.X.Values...), b.X.Values...)},
			Y: dataset.Array{Shape: []int{a.Rows() + b.Rows(), 1}, Values: append(append([]float32{}, a.Y.Values...), b.Y.Values...)}}
	}
	all := draw(200, normal)
	relabelled := draw(200, normal)
	relabelled.X = all.X
	for name, c := range map[string]struct {
		data, validation dataset.Data
		split            float64
		says             string
	}{
		"the same":                     {data: all, validation: all, says: "All 200 validation rows are among the training rows"},
		"some of them":                 {data: all, validation: joined(all.Range(10, 40), draw(30, normal)), says: "30 of the 60 validation rows are among"},
		"two in sixty":                 {data: all, validation: joined(all.Range(10, 12), draw(58, normal)), says: "2 of the 60 validation rows are among"},
		"twice in the data, and split": {data: joined(all, all.Range(0, 50)), split: 0.2, says: "All 50 validation rows are among the training rows"},
		"rows of their own":            {data: all, validation: draw(60, normal)},
		"one by chance":                {data: all, validation: joined(all.Range(10, 11), draw(59, normal))},
		"other targets":                {data: all, validation: relabelled},
		"no validation":                {data: joined(all, all)},
		"few values":                   {data: draw(200, func() float32 { return float32(rng.IntN(4)) }), split: 0.2},
		"a truth table":                {data: draw(200, func() float32 { return float32(rng.IntN(2)) }), split: 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			training := training.Training{Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.Tanh{}}, nn.Dense{Units: 1}}, Data: c.data, Validation: c.validation, ValidationSplit: c.split,
				Optimizer: optim.Adam(0.01), Loss: loss.MSE{}, Epochs: 3, BatchSize: 16, Seed: 1}
			got := sharedRows(training)
			if c.says == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, got, c.says)
			r, err := Examine(context.Background(), training, Options{Backend: pureGo()})
			require.NoError(t, err)
			require.Contains(t, r.Verdict(), c.says)
		})
	}
}
