package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Take takes places of an axis, each as often as it is named, in that order.
//
// Shapes: x [batch, …] → the same with as many places along the axis as there are Indices.
type Take struct {
	Name    string `keras:"-"` // empty: "take", "take_1", …
	Indices []int  // from 0, from the end when negative; at least one
	Axis    int    // behind the batch; −1: the last
}

var _ = operations.Add(Take{})

func (t Take) plan(input []int) (axis int, places []int32, err error) {
	if axis, err = axisBehind("Take.Axis", t.Axis, len(input)); err != nil {
		return 0, nil, err
	}
	for _, i := range t.Indices {
		at, ok := normalAxis(i, input[axis])
		if !ok {
			return 0, nil, fmt.Errorf("Take.Indices holds %d, axis %d has %d places", i, axis, input[axis])
		}
		places = append(places, int32(at))
	}
	if len(places) == 0 {
		return 0, nil, fmt.Errorf("Take.Indices is empty: nothing would be left")
	}
	return axis, places, nil
}

// Apply adds the operation to the graph. It panics when an index isn't there.
func (t Take) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axis, places, err := t.plan(x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	front := graph.Transpose(asFloat(x), 0, axis)
	taken := graph.Gather(front, graph.Const(x.Graph(), tensors.FromFlatDataAndDimensions(places, len(places), 1)))
	return graph.Transpose(taken, 0, axis)
}

// OutputShape has as many places as Indices. The error names an index that isn't there.
func (t Take) OutputShape(input ...int) ([]int, error) {
	axis, places, err := t.plan(input)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(input)
	out[axis] = len(places)
	return out, nil
}

func pythonList(numbers []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ", ")
}

// KerasCall is keras.ops.take.
func (t Take) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.take(%s, [%s], axis=%d)", inputs[0], pythonList(t.Indices), t.Axis)
}

// TorchSteps is an index.
func (t Take) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	axis, _, err := t.plan(inputs[0])
	if err != nil {
		return nil, err
	}
	return torchAsHere("{x}[" + strings.Repeat(":, ", axis) + "[" + pythonList(t.Indices) + "]]")
}
