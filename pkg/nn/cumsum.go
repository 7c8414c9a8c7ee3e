package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Cumsum is the sum of all places up to each along an axis.
//
// Shapes: x [batch, …] → the same.
type Cumsum struct {
	Name string `keras:"-"` // empty: "cumsum", "cumsum_1", …
	Axis int    // behind the batch; −1: the last
}

var _ = operations.Add(Cumsum{})

// Apply adds the operation to the graph. It panics when there is no such axis.
func (c Cumsum) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axis, err := axisBehind("Cumsum.Axis", c.Axis, x.Rank())
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	size := x.Shape().Dim(axis)
	upTo := graph.TransposeAllAxes(graph.ShapedLowerTriangular(x.Graph(), size, size, 0), 1, 0)
	summed := graph.DotGeneral(x, []int{axis}, nil, graph.ConvertDType(upTo, x.DType()), []int{0}, nil) // the axis comes last
	order := make([]int, 0, x.Rank())
	for a := range x.Rank() {
		switch {
		case a < axis:
			order = append(order, a)
		case a == axis:
			order = append(order, x.Rank()-1)
		default:
			order = append(order, a-1)
		}
	}
	return graph.TransposeAllAxes(summed, order...)
}

// OutputShape is the input's. The error says that there is no such axis.
func (c Cumsum) OutputShape(input ...int) ([]int, error) {
	_, err := axisBehind("Cumsum.Axis", c.Axis, len(input))
	return input, err
}

// KerasCall is keras.ops.cumsum.
func (c Cumsum) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.cumsum(%s, axis=%d)", inputs[0], c.Axis)
}

// TorchSteps is cumsum.
func (c Cumsum) TorchSteps([][]int) ([]TorchStep, error) {
	return torchAsHere(fmt.Sprintf("{x}.cumsum(%d)", c.Axis))
}
