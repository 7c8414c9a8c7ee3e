package loss

import (
	"github.com/gomlx/gomlx/core/graph"
)

// CategoricalHinge is max(n − p + 1, 0), p being the prediction of the label's class and n the largest of the others,
// for one-hot labels. Keras: "categorical_hinge".
//
// Shapes: [batch, …, classes], both; axes between are averaged. Gradients at the hinge as for [Hinge]; of several
// predictions that are equally large each has its share.
type CategoricalHinge struct{}

var (
	_ = losses.Add(CategoricalHinge{}, averaged)
	_ = losses.Say("categorical_hinge", CategoricalHinge{})
)

// PerRow implements [Loss].
func (CategoricalHinge) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	right := graph.ReduceSum(graph.Mul(labels, predictions), -1)
	wrong := largest(graph.Mul(graph.OneMinus(labels), predictions))
	return meanPerRow(ramp(graph.OnePlus(graph.Sub(wrong, right))))
}

// largest is the maximum over the last axis; of several the gradient is shared among them.
func largest(x *graph.Node) *graph.Node {
	most := graph.StopGradient(graph.ReduceAndKeep(x, graph.ReduceMax, -1))
	among := graph.ConvertDType(graph.Equal(x, graph.BroadcastToShape(most, x.Shape())), x.DType())
	share := graph.Div(graph.ReduceSum(graph.Mul(x, among), -1), graph.ReduceSum(among, -1))
	top := graph.Squeeze(most, -1)
	return graph.Add(top, graph.Sub(share, graph.StopGradient(share))) // the maximum itself, though it be infinite
}

// String is "categorical_hinge".
func (CategoricalHinge) String() string { return "categorical_hinge" }
