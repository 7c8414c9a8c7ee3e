package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Roll moves places along an axis; those that go out at one end come in at the other.
//
// Shapes: x [batch, …] → the same.
type Roll struct {
	Name  string `keras:"-"` // empty: "roll", "roll_1", …
	Shift int    // by how many places towards the end; negative: towards the start
	Axis  int    // behind the batch; −1: the last
}

var _ = operations.Add(Roll{})

// Apply adds the operation to the graph. It panics when there is no such axis.
func (r Roll) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axis, err := axisBehind("Roll.Axis", r.Axis, x.Rank())
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	size := x.Shape().Dim(axis)
	at := ((-r.Shift)%size + size) % size // the place that becomes the first
	if at == 0 {
		return x
	}
	return graph.Concatenate([]*graph.Node{graph.SliceAxis(x, axis, graph.AxisRange(at, size)), graph.SliceAxis(x, axis, graph.AxisRange(0, at))}, axis)
}

// OutputShape is the input's. The error says that there is no such axis.
func (r Roll) OutputShape(input ...int) ([]int, error) {
	_, err := axisBehind("Roll.Axis", r.Axis, len(input))
	return input, err
}

// KerasCall is keras.ops.roll.
func (r Roll) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.roll(%s, %d, axis=%d)", inputs[0], r.Shift, r.Axis)
}

// TorchSteps is roll.
func (r Roll) TorchSteps([][]int) ([]TorchStep, error) {
	return torchAsHere(fmt.Sprintf("{x}.roll(%d, %d)", r.Shift, r.Axis))
}
