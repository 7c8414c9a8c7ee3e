package training

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A stateful layer needs whole batches, and Keras' code says how many rows they have.
func TestStatefulTrainings(t *testing.T) {
	data, err := dataset.Random(20, []int{5, 2}, []int{1}, 1)
	require.NoError(t, err)
	described := Training{Model: nn.Sequential{nn.GRU{Units: 2, Stateful: true}, nn.Dense{Units: 1}}, Data: data, Optimizer: optim.SGD(0.1), Loss: loss.MSE{}, BatchSize: 4}
	require.NoError(t, described.Validate())
	code, err := described.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "model.build((4, 5, 2))")
	require.Contains(t, code, "stateful=True")

	described.ValidationSplit = 0.3
	require.ErrorContains(t, described.Validate(), `the layer "gru" is stateful: the 14 rows to train on aren't whole batches of 4; leave 2 of them out`)
	described.ValidationSplit = 0.4
	require.NoError(t, described.Validate())

	described.Model = nn.Graph{Inputs: []nn.Input{{Name: "x", Shape: []int{5, 2}}}, Nodes: []nn.Node{
		{Name: "h", Layer: nn.GRU{Units: 2, Stateful: true}, From: []string{"x"}}, {Name: "y", Layer: nn.Dense{Units: 1}, From: []string{"h"}}}, Outputs: []string{"y"}}
	code, err = described.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "x = keras.Input(batch_shape=(4, 5, 2), name='x')")
	_, err = described.TorchCode()
	require.Error(t, err)
	require.True(t, strings.Contains(err.Error(), "Stateful"), err)
}
