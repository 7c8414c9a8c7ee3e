package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Concatenate puts its inputs one behind the other along an axis, as Keras' Concatenate.
//
// Shapes: all the same but for that axis → the same, with the sum of its sizes.
type Concatenate struct {
	Name string `keras:"-"`                        // empty: "concatenate", "concatenate_1", …
	Axis int    `keras:"axis,default=-1,from=-32"` // counted with the batch as 0, from the end when negative; 0: −1, the last
}

var _ = layers.Add(Concatenate{})

// Apply panics: there is nothing to concatenate with.
func (Concatenate) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Concatenate") }

// ApplyAll returns the inputs one behind the other. It panics when their shapes don't match.
func (c Concatenate) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	if _, err := c.OutputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	parts := make([]*graph.Node, len(xs))
	for i, x := range xs {
		parts[i] = asFloat(x)
	}
	return []*graph.Node{graph.Concatenate(parts, c.axis(xs[0].Rank()))}
}

// axis counts from the front.
func (c Concatenate) axis(rank int) int {
	switch {
	case c.Axis == 0:
		return rank - 1
	case c.Axis < 0:
		return c.Axis + rank
	}
	return c.Axis
}

// OutputShapes is that of the inputs, with the sum of their sizes along the axis. The error says what doesn't match.
func (c Concatenate) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) < 2 {
		return nil, fmt.Errorf("Concatenate merges several inputs, here is one: use it in an nn.Graph")
	}
	out := slices.Clone(inputs[0])
	axis := c.axis(len(out))
	if axis < 1 || axis >= len(out) {
		return nil, fmt.Errorf("Concatenate.Axis is %d, must be from 1 to %d for inputs of shapes %s", c.Axis, len(out)-1, listed(inputs))
	}
	for _, shape := range inputs[1:] {
		if len(shape) != len(out) {
			return nil, fmt.Errorf("Concatenate can't join inputs of shapes %s", listed(inputs))
		}
		for a, d := range shape {
			if a == axis {
				out[a] += d
			} else if d != out[a] {
				return nil, fmt.Errorf("Concatenate can't join inputs of shapes %s: they differ in axis %d", listed(inputs), a)
			}
		}
	}
	return [][]int{out}, nil
}

// TorchSteps is torch.cat.
func (c Concatenate) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	operands := make([]string, len(inputs))
	for i := range inputs {
		operands[i] = fmt.Sprintf("{%d}", i)
	}
	rank := len(inputs[0])
	cat := func(dim int) string { return fmt.Sprintf("torch.cat((%s), dim=%d)", strings.Join(operands, ", "), dim) }
	step := TorchStep{Forward: cat(-1), ForwardFirst: cat(1), Layout: ChannelsAnywhere}
	if c.Axis != 0 {
		step.Forward = cat(c.Axis)
	}
	if axis := c.axis(rank); axis < rank-1 {
		step.ForwardFirst = cat(axis + 1)
	}
	return []TorchStep{step}, nil
}
