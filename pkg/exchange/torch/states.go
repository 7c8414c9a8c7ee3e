package torch

import (
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/nn"
)

// withoutStates is the graph whose recurrent layers give their last states only where something takes them. PyTorch's always
// do, and a layer with several outputs is more than most that look at the model know what to do with.
func withoutStates(g nn.Graph) nn.Graph {
	taken := map[string]bool{}
	owner := map[string]string{}
	for _, n := range g.Nodes {
		owner[n.Name] = n.Name
		if n.Shared != "" {
			owner[n.Name] = n.Shared
		}
	}
	look := func(references []string) {
		for _, r := range references {
			if name, _, further := strings.Cut(r, ":"); further {
				taken[owner[name]] = true
			}
		}
	}
	for _, n := range g.Nodes {
		look(n.From)
	}
	look(g.Outputs)
	g.Nodes = slices.Clone(g.Nodes)
	for i, n := range g.Nodes {
		if n.Layer != nil && !taken[n.Name] {
			g.Nodes[i].Layer = withoutState(n.Layer)
		}
	}
	return g
}

// withoutState is the layer without the setting, where it has it.
func withoutState(l nn.Layer) nn.Layer {
	plain, err := codec.With(nn.Bare(l), "ReturnState", nil)
	if err != nil {
		return l
	}
	if nn.IsFrozen(l) {
		return nn.Frozen{Layer: plain.(nn.Layer)}
	}
	return plain.(nn.Layer)
}
