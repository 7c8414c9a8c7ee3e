package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatCutALeafOff(t *testing.T) {
	for want, hows := range map[string][]string{
		"what the loss is made of was cut off from the model (from_numpy, detach), and requires_grad gives it no way back": {"from_numpy", "detach", "detach", "requires_grad_"},
		"what the loss is made of was cut off from the model (Variable), and requires_grad gives it no way back":           {"Variable"},
		"": {"tensor", "item", "requires_grad_"},
	} {
		r := &Recording{Source: &Source{}}
		for _, how := range hows {
			r.Source.Places = append(r.Source.Places, Place{Kind: "cut", How: how})
		}
		require.Equal(t, want, r.cutOff())
	}
	require.Empty(t, (&Recording{Source: &Source{Places: []Place{{Kind: "cut", How: "detach"}}}}).cutOff())
	require.Empty(t, (&Recording{}).cutOff())
}
