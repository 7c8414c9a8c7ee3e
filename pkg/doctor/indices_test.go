package doctor_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Judges see of words which they are, and not how large their numbers are: which of three kinds most words of a sentence belong to is
// written in them, though their numbers alternate between the kinds.
func TestJudgesOfWords(t *testing.T) {
	const rows, words, length = 200, 30, 8
	rng := rand.New(rand.NewPCG(1, 2))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, length}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for range rows {
		topic := rng.IntN(3)
		d.Y.Values = append(d.Y.Values, float32(topic))
		for range length {
			word := rng.IntN(words)
			if rng.Float64() < 0.7 {
				word = 3*rng.IntN(words/3) + topic
			}
			d.X.Values = append(d.X.Values, float32(word))
		}
	}
	l2 := nn.L1L2{L2: 1}
	c := training.Training{
		Model: nn.Sequential{nn.Embedding{InputDim: words, OutputDim: 6}, nn.GlobalAveragePooling1D{}, nn.Dense{Units: 16, Activation: nn.ReLU{}, KernelRegularizer: l2},
			nn.Dense{Units: 3, Activation: nn.Softmax{}, KernelRegularizer: l2}},
		Data: d, Optimizer: optim.Adam(0.01), Loss: loss.SparseCategoricalCrossentropy{}, Epochs: 40, BatchSize: 20, Seed: 1,
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Greater(t, r.Look.Signal.Linear, 0.3)
	require.Equal(t, doctor.OverRegularized, r.Cause, r.Verdict())
	require.True(t, r.Findings[0].Verified)
}
