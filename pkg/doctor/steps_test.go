package doctor

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// tagging is a training on sentences that are filled up with 0, where the targets are filling.
func tagging(filling float32) training.Training {
	const rows, time = 24, 5
	c := training.Training{
		Model: nn.Sequential{
			nn.Embedding{InputDim: 6, OutputDim: 4, MaskZero: true}, nn.LSTM{Units: 4, ReturnSequences: true}, nn.Dense{Units: 3, Activation: nn.Softmax{}},
		},
		Optimizer: optim.Adam(0.05), Loss: loss.SparseCategoricalCrossentropy{}, Epochs: 8, BatchSize: 8, Seed: 1, ValidationSplit: 0.25,
	}
	x := dataset.Array{Shape: []int{rows, time}}
	y := dataset.Array{Shape: []int{rows, time}}
	for i := range rows * time {
		word := float32(1 + (i*7+i/time)%5)
		if i%time > (i/time)%time {
			x.Values, y.Values = append(x.Values, 0), append(y.Values, filling)
			continue
		}
		x.Values, y.Values = append(x.Values, word), append(y.Values, float32(int(word)%3))
	}
	c.Data = dataset.Of([]dataset.Array{x}, []dataset.Array{y})
	return c
}

// What targets are where no step counts makes no difference to what the doctor measures, and its losses are those of evaluate.
func TestMeasuredBySteps(t *testing.T) {
	ctx := context.Background()
	r := &runner{backend: pureGo()}
	var looks []Look
	var outcomes []*Outcome
	for _, filling := range []float32{0, -100} {
		c := tagging(filling)
		look := lookAt(c)
		assert.Equal(t, 0.0, look.TargetMin)
		assert.Equal(t, 2.0, look.TargetMax)
		o, err := r.run(ctx, c)
		require.NoError(t, err)
		looks, outcomes = append(looks, look), append(outcomes, o)
	}
	assert.Equal(t, looks[0], looks[1])
	assert.Equal(t, outcomes[0].Loss, outcomes[1].Loss)
	assert.Equal(t, outcomes[0].ValidationExplained, outcomes[1].ValidationExplained)
	assert.InDelta(t, looks[0].Constant, outcomes[0].Constant(), 1e-6)
	assert.Greater(t, outcomes[0].Explained, 0.5)

	c := tagging(0)
	m, err := r.compile(c)
	require.NoError(t, err)
	untrained, err := m.Evaluate(ctx, c.TrainData()) // 18 rows, one batch
	require.NoError(t, err)
	c.Epochs, c.Optimizer = 1, optim.SGD(0)
	o, err := r.run(ctx, c)
	require.NoError(t, err)
	assert.InDelta(t, untrained.Loss, o.Loss, 1e-6)
	assert.False(t, slices.Contains(o.masks[0].Shape, 0))
}

// A healthy tagger is nothing to cure, whatever its sentences are filled up with.
func TestTaggerIsHealthy(t *testing.T) {
	if testing.Short() {
		t.Skip("trains several times")
	}
	c := tagging(-100)
	c.Epochs = 30
	report, err := Examine(context.Background(), c, Options{Backend: pureGo()})
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
}
