package torch

import (
	"context"
	"fmt"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// twoHeads returns a mean and a variance, of as many numbers as are said.
func twoHeads(units, more int) *Model {
	return &Model{Ranks: []int{2, 2}, Layer: nn.Graph{
		Inputs: []nn.Input{{Name: "x"}},
		Nodes: []nn.Node{
			{Name: "hidden", Layer: nn.Dense{Units: 8, Activation: nn.Tanh{}}, From: []string{"x"}},
			{Name: "joined", Layer: nn.Dense{Units: units}, From: []string{"hidden"}},
			{Name: "variance", Layer: nn.Dense{Units: more, Activation: nn.Softplus{}}, From: []string{"hidden"}},
		},
		Outputs: []string{"joined", "variance"},
	}}
}

// A loss of several outputs at once is trained by: what forward returns is stacked, and the target is one.
func TestLossOfSeveralOutputs(t *testing.T) {
	data, err := dataset.Random(64, []int{3}, []int{2}, 1)
	require.NoError(t, err)
	description := `{"format": 1, "framework": "torch", "loss": {"class": %q}, "optimizer": {"class": "Adam", "groups": [{"parameters": [], "lr": 0.01}]}}`
	m := twoHeads(2, 2)
	text := fmt.Appendf(nil, description, "GaussianNLLLoss")
	m.Join(text)
	require.Equal(t, []string{"joined_"}, m.Layer.Outputs)
	d, data, err := m.Describe(text, data)
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Equal(t, loss.GaussianNLLLoss{Epsilon: 1e-6}, d.Loss)
	d.Optimizer.Groups = nil
	net, err := fit.Compile(m.Layer, d.Optimizer, d.Loss, fit.Options{Backend: gobackend.GetBackend(), Seed: 1})
	require.NoError(t, err)
	h, err := net.Fit(context.Background(), data, fit.Config{Epochs: 30})
	require.NoError(t, err)
	best, err := loss.BestConstant(d.Loss, data.Y.Values, data.Y.Shape, nil)
	require.NoError(t, err)
	require.Less(t, h.Loss()[29], h.Loss()[0])
	require.InDelta(t, best, h.Loss()[29], 0.5) // the inputs have nothing to do with the targets

	m = twoHeads(2, 2)
	m.Join(fmt.Appendf(nil, description, "TripletMarginLoss")) // which takes three
	require.Len(t, m.Layer.Outputs, 2)
	data.MoreY = []dataset.Array{data.Y}
	d, _, err = m.Describe(fmt.Appendf(nil, description, "TripletMarginLoss"), data)
	require.NoError(t, err)
	require.ErrorContains(t, d.Problems, "TripletMarginLoss takes 3 outputs of the model, of one shape")
}
