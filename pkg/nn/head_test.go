package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

func TestHeads(t *testing.T) {
	dense := nn.Dense{Units: 1, Activation: nn.Sigmoid{}}
	for _, c := range []struct {
		model      nn.Layer
		path       string
		activation nn.Activation
		behind     int
	}{
		{dense, "", nn.Sigmoid{}, 0},
		{nn.Sequential{nn.Dense{Units: 2}, dense}, "dense_1", nn.Sigmoid{}, 0},
		{nn.Sequential{nn.Dense{Units: 2, Activation: nn.Linear{}}, nn.Dropout{Rate: 0.5}, nn.Softmax{}, nn.Flatten{}}, "dense", nn.Softmax{}, 3},
		{nn.Sequential{nn.Dense{Units: 2}, nn.Linear{}}, "dense", nil, 1},
		{nn.Sequential{nn.Dense{Units: 2}, nn.Frozen{Layer: nn.Sequential{nn.Renamed{Name: "last", Layer: dense}}}, nn.Sequential{nn.Dropout{}}}, "sequential/last", nn.Sigmoid{}, 1},
		{nn.Sequential{nn.Dense{Units: 2}, nn.BatchNormalization{}, nn.PReLU{}}, "dense", nil, 2},
		{nn.Sequential{nn.LSTM{Units: 2}}, "lstm", nn.Tanh{}, 0},
		{nn.Sequential{nn.LSTM{Units: 2, ReturnSequences: true}, nn.TimeDistributed{Layer: dense}}, "time_distributed/dense", nn.Sigmoid{}, 0},
		{nn.TimeDistributed{Layer: nn.Sequential{nn.Dense{Units: 2}, nn.Softmax{}}}, "sequential/dense", nn.Softmax{}, 1},
		{nn.Sequential{nn.Dense{Units: 2}, nn.TimeDistributed{Layer: nn.ReLU{}}}, "dense", nn.ReLU{}, 1},
		{nn.Sequential{nn.Dense{Units: 2}, nn.Func(ownLayer)}, "layer", nil, 0},
		{nn.Graph{
			Inputs:  []nn.Input{{Name: "x"}},
			Nodes:   []nn.Node{node("a", nn.Dense{Units: 2}, "x"), shared("b", "a", "a"), node("s", nn.Softmax{}, "b")},
			Outputs: []string{"s"},
		}, "a", nn.Softmax{}, 1},
	} {
		heads, err := nn.Heads(c.model)
		require.NoError(t, err)
		require.Len(t, heads, 1)
		require.Equal(t, c.path, heads[0].Path, "%v", c.model)
		require.Equal(t, c.activation, heads[0].Activation(), "%v", c.model)
		require.Len(t, heads[0].Behind, c.behind, "%v", c.model)
	}
	g := siamese()
	heads, err := nn.Heads(nn.Graph{Inputs: g.Inputs, Nodes: g.Nodes, Outputs: []string{"score"}})
	require.NoError(t, err)
	require.Equal(t, "score", heads[0].Path)
	_, err = nn.Heads(g)
	require.ErrorContains(t, err, `output 1 is where [a b] meet in "both"`)
	_, err = nn.Heads(nn.Sequential{nn.Flatten{}, nn.Tanh{}})
	require.ErrorContains(t, err, "no layer in front of output 0 has a kernel")
}
