package training_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// What a file cuts off from its input mustn't be computed with.
func TestFractionsAreRefusedWhereTheFileCutsThemOff(t *testing.T) {
	c := training.Training{
		Model: nn.Sequential{nn.Rescaling{Scale: 0.5}, nn.Dense{Units: 1}}, Optimizer: optim.SGD(0.1), Loss: loss.MSE{},
		Data: dataset.Data{X: dataset.Array{Shape: []int{2, 2}, Values: []float32{1, 2, 3, 4}}, Y: dataset.Array{Shape: []int{2, 1}, Values: []float32{1, 2}}},
	}
	c.AssumeInstead(training.InputsSetting, "as it is", "uint8")
	require.NoError(t, c.Validate())
	c.Data.X.Values = []float32{1, 2, 3, 4.5}
	assert.ErrorContains(t, c.Validate(), "the data has 4.5 in row 2")
	c.Assumed = nil
	assert.NoError(t, c.Validate(), "a float input may hold anything")
}
