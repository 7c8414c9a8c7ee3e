package optim

import (
	"github.com/gomlx/compute/dtypes"
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

// double is the step's number in float64, in which PyTorch computes what all weights have in common.
func (s *State) double() *graph.Node { return graph.ConvertDType(s.Step, dtypes.Float64) }

// single is x, a scalar of float64, in the type of the weights.
func (s *State) single(x *graph.Node) *graph.Node {
	return graph.ConvertDType(x, s.LearningRate.DType())
}

// scaled is the learning rate times x, a scalar of float64.
func (s *State) scaled(x *graph.Node) *graph.Node {
	return s.single(graph.Mul(graph.ConvertDType(s.LearningRate, dtypes.Float64), x))
}

// unbiased is 1 − decay^step in float64.
func unbiased(decay float64, step *graph.Node) *graph.Node { return oneMinusPower(decay, step) }
