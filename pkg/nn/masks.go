package nn

import (
	"github.com/gomlx/gomlx/core/graph"
)

type stepMasksKey struct{}

// MaskOf is which steps of x count, [batch, time], true for those that do; nil: all do. Layers such as [Masking] say so of
// their output, and others pass it on.
func MaskOf(x *graph.Node) *graph.Node {
	masks, _ := x.Graph().State(stepMasksKey{}).(map[*graph.Node]*graph.Node)
	return masks[x]
}

// setMask says which steps of x count; nil: all.
func setMask(x, mask *graph.Node) {
	masks, _ := x.Graph().State(stepMasksKey{}).(map[*graph.Node]*graph.Node)
	if masks == nil {
		if mask == nil {
			return
		}
		masks = map[*graph.Node]*graph.Node{}
		x.Graph().AttachState(stepMasksKey{}, masks)
	}
	if mask == nil {
		delete(masks, x)
	} else {
		masks[x] = mask
	}
}
