package torch

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// Recurrent layers give states where something takes them, a second use of the layer too, and nowhere else.
func TestStatesThatNothingTakes(t *testing.T) {
	layers := []nn.Layer{
		nn.LSTM{Units: 3, ReturnState: true}, nn.GRU{Units: 3, ReturnState: true}, nn.SimpleRNN{Units: 3, ReturnState: true},
		nn.Frozen{Layer: nn.LSTM{Units: 3, ReturnState: true}},
	}
	for _, l := range layers {
		g := nn.Graph{
			Inputs:  []nn.Input{{Name: "x"}},
			Nodes:   []nn.Node{{Name: "rnn", Layer: l, From: []string{"x"}}, {Name: "again", Shared: "rnn", From: []string{"x"}}},
			Outputs: []string{"rnn"},
		}
		outputs := func() int {
			out, err := nn.Measure(withoutStates(g).Nodes[0].Layer, [][]int{{1, 4, 2}}, func(nn.Measured) error { return nil })
			require.NoError(t, err)
			return len(out)
		}
		require.Equal(t, 1, outputs(), "%T", l)
		g.Outputs = []string{"rnn", "again:1"}
		require.Greater(t, outputs(), 1, "%T", l)
	}
}
