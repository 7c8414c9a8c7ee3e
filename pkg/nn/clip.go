package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Clip brings values below Low up to it and those above High down to it. A value that is one of them has half of the
// gradient, as in Keras on JAX.
//
// Shapes: x [batch, …] → the same.
type Clip struct {
	Name string  `keras:"-"` // empty: "clip", "clip_1", …
	Low  float64 // the smallest output
	High float64 // the largest output; must not be below Low
}

var _ = operations.Add(Clip{})

// Apply adds the operation to the graph. It panics when High is below Low.
func (c Clip) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := c.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	limit := func(v float64) *graph.Node {
		return graph.BroadcastToDims(graph.Scalar(x.Graph(), x.DType(), v), x.Shape().Dimensions...)
	}
	return firstWhere(graph.LessThan, firstWhere(graph.GreaterThan, x, limit(c.Low)), limit(c.High))
}

// OutputShape is the input's. The error says that High is below Low.
func (c Clip) OutputShape(input ...int) ([]int, error) {
	if !(c.Low <= c.High) {
		return nil, fmt.Errorf("Clip.High is %g, below Clip.Low, %g", c.High, c.Low)
	}
	return input, nil
}

// Bounds are Low and High.
func (c Clip) Bounds() (low, high float64) { return c.Low, c.High }

// Bends is true.
func (Clip) Bends() bool { return true }

// KerasCall is keras.ops.clip.
func (c Clip) KerasCall(inputs []string) string {
	return "keras.ops.clip(" + inputs[0] + ", " + codec.PythonFloat(c.Low) + ", " + codec.PythonFloat(c.High) + ")"
}

// TorchSteps is clamp.
func (c Clip) TorchSteps([][]int) ([]TorchStep, error) {
	return torchExpression("{x}.clamp(" + codec.PythonFloat(c.Low) + ", " + codec.PythonFloat(c.High) + ")")
}
