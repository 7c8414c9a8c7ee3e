package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Stack puts inputs of one shape side by side along a new axis.
//
// Shapes: n inputs [batch, …] → [batch, …, n, …], the new axis being Axis of the output.
type Stack struct {
	Name string `keras:"-"` // empty: "stack", "stack_1", …
	Axis int    // of the output, not 0, which is the batch; −1: the last
}

var _ = operations.Add(Stack{})

// Apply is [Stack.ApplyAll] of one input.
func (s Stack) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return s.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds the operation to the graph. It panics when shapes differ.
func (s Stack) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	if _, err := s.OutputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	axis, _ := normalAxis(s.Axis, xs[0].Rank()+1)
	parts := make([]*graph.Node, len(xs))
	for i, x := range xs {
		parts[i] = asFloat(x)
	}
	return []*graph.Node{graph.Stack(parts, axis)}
}

// OutputShapes is that of one input with the new axis. The error says what doesn't fit.
func (s Stack) OutputShapes(inputs [][]int) ([][]int, error) {
	axis, err := axisBehind("Stack.Axis", s.Axis, len(inputs[0])+1)
	if err != nil {
		return nil, err
	}
	for _, shape := range inputs[1:] {
		if !slices.Equal(shape, inputs[0]) {
			return nil, fmt.Errorf("Stack takes inputs of one shape, here are %s", listed(inputs))
		}
	}
	return [][]int{slices.Insert(slices.Clone(inputs[0]), axis, len(inputs))}, nil
}

// KerasCall is keras.ops.stack.
func (s Stack) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.stack([%s], axis=%d)", strings.Join(inputs, ", "), s.Axis)
}

// TorchSteps is torch.stack.
func (s Stack) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	operands := make([]string, len(inputs))
	for i := range inputs {
		operands[i] = fmt.Sprintf("{%d}", i)
	}
	return torchAsHere(fmt.Sprintf("torch.stack([%s], dim=%d)", strings.Join(operands, ", "), s.Axis))
}
