package optim

import (
	"github.com/gomlx/gomlx/core/graph"
)

// ema moves a slot towards x: slot + (x − slot)(1 − decay), in Keras' order of operations.
func ema(slot Slot, x *graph.Node, decay float64) *graph.Node {
	return emaBy(slot, x, 1-decay)
}

// emaBy moves a slot by a fraction of the way to x.
func emaBy(slot Slot, x *graph.Node, fraction float64) *graph.Node {
	old := slot.Value(x)
	return slot.Set(graph.Add(old, graph.MulScalar(graph.Sub(x, old), fraction)))
}

// powStep is base^step in float32.
func powStep(base float64, step *graph.Node) *graph.Node {
	return graph.Pow(graph.Scalar(step.Graph(), step.DType(), base), step)
}

// oneMinusPower is 1 − decay^step, the bias of a mean that began at 0.
func oneMinusPower(decay float64, step *graph.Node) *graph.Node {
	return graph.OneMinus(powStep(decay, step))
}
