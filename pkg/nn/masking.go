package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Masking says that steps of a sequence don't count whose features all are MaskValue, and sets them to 0, as Keras'
// Masking. Layers behind it that look at masks skip them, see [MaskOf].
//
// Shapes: x [batch, time, features] → the same.
type Masking struct {
	Name      string  `keras:"-"`          // empty: "masking", "masking_1", …
	MaskValue float64 `keras:"mask_value"` // of all features of a step that is to be skipped; 0 is Keras' default
}

var _ = layers.Add(Masking{})

// Apply adds the layer to the graph. It panics when x has no feature axis.
func (m Masking) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if x.Rank() < 2 {
		panic(fmt.Errorf("Masking needs an input [batch, …, features], got %s", x.Shape()))
	}
	x = asFloat(x)
	g := x.Graph()
	differs := graph.Where(graph.NotEqual(x, graph.Scalar(g, x.DType(), m.MaskValue)), graph.OnesLike(x), graph.ZerosLike(x))
	counts := graph.GreaterThan(graph.ReduceAndKeep(differs, graph.ReduceMax, -1), graph.ScalarZero(g, x.DType()))
	y := graph.Where(graph.BroadcastToDims(counts, x.Shape().Dimensions...), x, graph.ScalarZero(g, x.DType()))
	makeMask(y, graph.Squeeze(counts, -1))
	return y
}

// OutputShape is the input's.
func (Masking) OutputShape(input ...int) ([]int, error) {
	return input, needsFeatures("Masking", input)
}

// TorchSteps sets the steps to 0; that they don't count is told nobody.
func (m Masking) TorchSteps([][]int) ([]TorchStep, error) {
	return []TorchStep{{Forward: "torch.where(({x} != " + codec.PythonFloat(m.MaskValue) + ").any(-1, keepdim=True), {x}, 0.0)"}}, nil
}
