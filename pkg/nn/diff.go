package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Diff is each place along an axis less the one before.
//
// Shapes: x [batch, …] → the same with one place less along the axis.
type Diff struct {
	Name string `keras:"-"` // empty: "diff", "diff_1", …
	Axis int    // behind the batch, with at least two places; −1: the last
}

var _ = operations.Add(Diff{})

// Apply adds the operation to the graph. It panics when there is no such axis.
func (d Diff) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := d.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	return graph.Sub(graph.SliceAxis(x, d.Axis, graph.AxisRange(1)), graph.SliceAxis(x, d.Axis, graph.AxisRange(0, x.Shape().Dim(d.Axis)-1)))
}

// OutputShape has one place less. The error says that there is no such axis, or nothing to subtract on it.
func (d Diff) OutputShape(input ...int) ([]int, error) {
	axis, err := axisBehind("Diff.Axis", d.Axis, len(input))
	if err != nil {
		return nil, err
	}
	if input[axis] < 2 {
		return nil, fmt.Errorf("Diff needs two places along axis %d at least, got %v", d.Axis, input)
	}
	out := slices.Clone(input)
	out[axis]--
	return out, nil
}

// KerasCall is keras.ops.diff.
func (d Diff) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.diff(%s, axis=%d)", inputs[0], d.Axis)
}

// TorchSteps is diff.
func (d Diff) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := d.OutputShape(inputs[0]...); err != nil {
		return nil, err
	}
	return torchAsHere(fmt.Sprintf("{x}.diff(dim=%d)", d.Axis))
}
