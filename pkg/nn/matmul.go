package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Matmul multiplies matrices, as numpy and torch do: the last two axes are those of the matrices, axes in front are repeated
// where one of them is 1. The second operand is another input, or a constant matrix behind the batch.
//
// Shapes: a [batch, …, n, m] and b [batch, …, m, k] → [batch, …, n, k]; with a constant [m, k] also a [batch, m] → [batch, k].
type Matmul struct {
	Name          string    `keras:"-"` // empty: "matmul", "matmul_1", …
	Constant      []float64 // with one input the second operand; nil with two
	ConstantShape []int     // of the constant, two sizes
}

var _ = operations.Add(Matmul{})

// Apply is [Matmul.ApplyAll] of one input and the constant.
func (m Matmul) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return m.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds the operation to the graph. It panics when shapes don't fit.
func (m Matmul) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	outputs, err := m.OutputShapes(shapesOf(xs))
	if err != nil {
		panic(err)
	}
	a := asFloat(xs[0])
	rank := a.Rank()
	if len(xs) == 1 {
		return []*graph.Node{graph.DotGeneral(a, []int{rank - 1}, nil, constantNode(a.Graph(), m.Constant, m.ConstantShape), []int{0}, nil)}
	}
	b := asFloat(xs[1])
	front := make([]int, rank-2)
	for i := range front {
		front[i] = i
	}
	spread := func(x *graph.Node) *graph.Node {
		dims := append(slices.Clone(outputs[0][:rank-2]), x.Shape().Dimensions[rank-2:]...)
		return graph.BroadcastToDims(x, dims...)
	}
	return []*graph.Node{graph.DotGeneral(spread(a), []int{rank - 1}, front, spread(b), []int{rank - 2}, front)}
}

// OutputShapes is that of the product. The error says what doesn't fit.
func (m Matmul) OutputShapes(inputs [][]int) ([][]int, error) {
	a := inputs[0]
	last := len(a) - 1
	switch {
	case len(inputs) == 1:
		if len(m.ConstantShape) != 2 || m.ConstantShape[0]*m.ConstantShape[1] != len(m.Constant) {
			return nil, fmt.Errorf("Matmul has one input and a constant of %d numbers and shape %v, which is no matrix", len(m.Constant), m.ConstantShape)
		}
		if last < 1 || a[last] != m.ConstantShape[0] {
			return nil, fmt.Errorf("Matmul can't multiply %v by a constant of shape %v", a, m.ConstantShape)
		}
		return [][]int{withLast(a, m.ConstantShape[1])}, nil
	case len(inputs) != 2 || m.Constant != nil:
		return nil, fmt.Errorf("Matmul takes two operands, here are %d inputs and a constant of %d numbers", len(inputs), len(m.Constant))
	}
	b := inputs[1]
	if last < 2 || len(b) != len(a) {
		return nil, fmt.Errorf("Matmul takes two inputs [batch, …, rows, columns] with as many axes each, so that their batches meet; here are %s", listed(inputs))
	}
	if a[last] != b[last-1] {
		return nil, fmt.Errorf("Matmul can't multiply %s: %d columns meet %d rows", listed(inputs), a[last], b[last-1])
	}
	front, err := broadcast("Matmul", [][]int{a[:last-1], b[:last-1]})
	return [][]int{append(front, a[last-1], b[last])}, err
}

// Bends is true of two inputs.
func (m Matmul) Bends() bool { return m.Constant == nil }

// KerasCall is keras.ops.matmul(a, b).
func (m Matmul) KerasCall(inputs []string) string {
	if len(inputs) == 1 {
		return "keras.ops.matmul(" + inputs[0] + ", " + constantText(m.Constant, m.ConstantShape, kerasTensor) + ")"
	}
	return "keras.ops.matmul(" + inputs[0] + ", " + inputs[1] + ")"
}

// TorchSteps is the operator @.
func (m Matmul) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := m.OutputShapes(inputs); err != nil {
		return nil, err
	}
	if len(inputs) == 1 {
		return torchAsHere("{x} @ " + constantText(m.Constant, m.ConstantShape, torchTensor))
	}
	return torchAsHere("{0} @ {1}")
}
