package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Dense computes activation(x·kernel + bias), as Keras' Dense.
//
// Shapes: x [batch, …, in] → [batch, …, Units]; kernel [in, Units], bias [Units].
type Dense struct {
	Name              string      // empty: "dense", "dense_1", …
	Units             int         // size of the output; must be positive
	Activation        Activation  // nil: linear
	NoBias            bool        // leaves the bias out
	KernelInitializer Initializer // nil: GlorotUniform
	BiasInitializer   Initializer // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
}

// Kind is "dense".
func (d Dense) Kind() string { return "dense" }

// LayerName is Name.
func (d Dense) LayerName() string { return d.Name }

// Apply adds the layer to the graph. It panics when Units isn't positive or x has no feature axis.
func (d Dense) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if d.Units <= 0 {
		panic(fmt.Errorf("Dense.Units is %d, must be positive", d.Units))
	}
	if x.Rank() < 2 {
		panic(fmt.Errorf("Dense needs an input [batch, …, features], got %s", x.Shape()))
	}
	x = asFloat(x)
	in := x.Shape().Dim(-1)
	kernel := weight(scope, "kernel", orInitializer(d.KernelInitializer, GlorotUniform{}), in, d.Units)
	regularize(kernel, d.KernelRegularizer, x.Graph())
	y := matMul(x, kernel.NodeValue(x))
	if !d.NoBias {
		bias := weight(scope, "bias", orInitializer(d.BiasInitializer, Zeros{}), d.Units)
		regularize(bias, d.BiasRegularizer, x.Graph())
		y = graph.Add(y, graph.ExpandLeftToRank(bias.NodeValue(x), y.Rank()))
	}
	return activate(d.Activation, y)
}

// matMul multiplies the last axis of x [batch, …, in] by kernel [in, out]. The middle axes are folded
// into the batch first: one matrix product is what every backend does best.
func matMul(x, kernel *graph.Node) *graph.Node {
	if x.Rank() == 2 {
		return graph.Dot(x, kernel).Product()
	}
	in, out := kernel.Shape().Dim(0), kernel.Shape().Dim(1)
	dims := append([]int(nil), x.Shape().Dimensions...)
	dims[len(dims)-1] = out
	return graph.Reshape(graph.Dot(graph.Reshape(x, -1, in), kernel).Product(), dims...)
}

func orInitializer(given, fallback Initializer) Initializer {
	if given == nil {
		return fallback
	}
	return given
}
