package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Rescaling is Scale·x + Offset with two fixed numbers, as Keras' Rescaling: 1/255 brings the bytes of an image to 0…1.
//
// Shapes: x [batch, …] → the same.
type Rescaling struct {
	Name   string  `keras:"-"`                         // empty: "rescaling", "rescaling_1", …
	Scale  float64 `keras:"scale,positional,required"` // a finite number
	Offset float64 `keras:"offset"`                    // a finite number
}

var _ = layers.Add(Rescaling{})

// Apply adds the layer to the graph. It panics when a setting isn't finite.
func (r Rescaling) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if sum := r.Scale + r.Offset; math.IsNaN(sum) || math.IsInf(sum, 0) {
		panic(fmt.Errorf("Rescaling.Scale and Offset are %g and %g, must be finite", r.Scale, r.Offset))
	}
	return graph.AddScalar(graph.MulScalar(asFloat(x), r.Scale), r.Offset)
}

// TorchSteps is an expression.
func (r Rescaling) TorchSteps([][]int) ([]TorchStep, error) {
	text := "{x} * " + codec.PythonFloat(r.Scale)
	if r.Offset != 0 {
		text += " + " + codec.PythonFloat(r.Offset)
	}
	return torchExpression(text)
}
