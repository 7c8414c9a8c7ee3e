package nn

import (
	"github.com/gomlx/gomlx/core/graph"
)

type maskKey struct{}

// SetBatchMask tells the layers of graph g which rows of the batch count: mask has shape [batch], 1 for
// a row of data and 0 for one that only fills the batch up. A nil mask says that all count.
//
// A trainer that pads the last batch of an epoch to keep one shape calls this before it applies the
// model; only layers that mix rows, such as BatchNormalization, need to look.
func SetBatchMask(g *graph.Graph, mask *graph.Node) {
	if mask == nil {
		g.AttachState(maskKey{}, nil)
		return
	}
	g.AttachState(maskKey{}, mask)
}

// BatchMask returns the mask of [SetBatchMask], nil when every row counts.
func BatchMask(g *graph.Graph) *graph.Node {
	mask, _ := g.State(maskKey{}).(*graph.Node)
	return mask
}
