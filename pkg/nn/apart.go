package nn

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// apart returns a recurrent state as it is, and keeps its gradient from being fused with those of the other
// time steps.
//
// The gradient of a gated cell's state is a chain of elementwise operations through all of time. XLA fuses
// such a chain into each of its readers, so that every step computes all later ones again: an LSTM of 20
// steps takes ten times as long, and four times as long to compile. The barrier has two operands because
// go-xla leaves those of one out on the CPU. Backends without it, pure Go, don't fuse.
func apart(state *graph.Node) *graph.Node {
	if !state.Graph().Backend().Capabilities().Operations[compute.OpTypeOptimizationBarrier] {
		return state
	}
	return graph.IdentityWithCustomGradient(state, func(x, gradient *graph.Node) *graph.Node {
		return graph.OptimizationBarriers(gradient, x)[0]
	})
}
