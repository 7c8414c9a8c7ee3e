package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// What wasn't read is found wherever it lies, has no shape, and is never computed with.
func TestUnread(t *testing.T) {
	for _, hole := range []nn.Layer{nn.Unread{Name: "mine", Class: "Mine"}, nn.UnreadSettings{Layer: nn.Dense{Name: "mine", Units: 1}}} {
		for _, around := range []func(nn.Layer) nn.Layer{
			func(l nn.Layer) nn.Layer { return l },
			func(l nn.Layer) nn.Layer { return nn.Sequential{nn.Dense{Units: 2}, nn.Sequential{nn.ReLU{}, l}} },
			func(l nn.Layer) nn.Layer { return nn.Frozen{Layer: nn.Renamed{Name: "other", Layer: l}} },
			func(l nn.Layer) nn.Layer { return nn.TimeDistributed{Layer: l} },
			func(l nn.Layer) nn.Layer {
				return nn.Graph{Inputs: []nn.Input{{Name: "x"}}, Nodes: []nn.Node{{Name: "a", Layer: l, From: []string{"x"}}}, Outputs: []string{"a"}}
			},
		} {
			net := around(hole)
			name, unread := nn.FirstUnread(net)
			require.True(t, unread, "%T", net)
			require.Contains(t, name, `"mine"`)
			if _, nothing := hole.(nn.Unread); nothing {
				_, err := nn.Measure(net, [][]int{{2, 3, 4}}, func(nn.Measured) error { return nil })
				require.ErrorContains(t, err, "not read", "%T: its shape isn't known", net)
			}
		}
	}
	require.PanicsWithError(t, `Mine "mine" was not read: it can't be applied`, func() { nn.Unread{Name: "mine", Class: "Mine"}.Apply(nil, nil) })
	require.PanicsWithError(t, `some settings of dense "mine" were not read: it can't be applied`, func() { nn.UnreadSettings{Layer: nn.Dense{Name: "mine"}}.Apply(nil, nil) })
	_, unread := nn.FirstUnread(nn.Sequential{nn.Dense{Units: 2}})
	require.False(t, unread)
}
