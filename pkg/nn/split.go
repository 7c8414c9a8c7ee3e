package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Split cuts its input into parts along an axis. It has an output for each, "split:1" being the second.
//
// Shapes: x [batch, …] → parts, of Sections equal sizes or cut at the places At. With Single parts have size 1, and their
// axis goes.
type Split struct {
	Name     string `keras:"-"` // empty: "split", "split_1", …
	Axis     int    // behind the batch; −1: the last
	Sections int    // how many equal parts; 0: see At
	At       []int  // where parts other than the first begin, from the end when negative
	Single   bool   // each place is a part, without the axis; Sections and At aren't looked at
}

var _ = operations.Add(Split{})

// Apply is the part where there is only one. It panics when there are more.
func (s Split) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	parts := s.ApplyAll(scope, []*graph.Node{x})
	if len(parts) > 1 {
		panic(fmt.Errorf("Split has %d outputs: use it in an nn.Graph", len(parts)))
	}
	return parts[0]
}

// bounds are where the parts begin, and where the last ends.
func (s Split) bounds(input []int) (axis int, bounds []int, err error) {
	if axis, err = axisBehind("Split.Axis", s.Axis, len(input)); err != nil {
		return 0, nil, err
	}
	size, sections := input[axis], s.Sections
	if s.Single {
		sections = size
	}
	bounds = []int{0}
	switch {
	case sections > 0 && size%sections != 0:
		return 0, nil, fmt.Errorf("Split.Sections is %d, which doesn't divide the size %d of axis %d", sections, size, axis)
	case sections > 0:
		for i := range sections {
			bounds = append(bounds, (i+1)*size/sections)
		}
	default:
		for _, at := range s.At {
			if at < 0 {
				at += size
			}
			bounds = append(bounds, at)
		}
		bounds = append(bounds, size)
	}
	for i, at := range bounds[1:] {
		if at <= bounds[i] || at > size {
			return 0, nil, fmt.Errorf("Split.At is %v, must name places in ascending order that leave something of a size of %d", s.At, size)
		}
	}
	return axis, bounds, nil
}

// ApplyAll returns the parts. It panics when they can't be cut.
func (s Split) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	outputs, err := s.OutputShapes(shapesOf(xs))
	if err != nil {
		panic(err)
	}
	x := asFloat(xs[0])
	axis, bounds, _ := s.bounds(x.Shape().Dimensions) // checked
	parts := make([]*graph.Node, len(outputs))
	for i, shape := range outputs {
		parts[i] = graph.Reshape(graph.SliceAxis(x, axis, graph.AxisRange(bounds[i], bounds[i+1])), shape...)
	}
	return parts
}

// OutputShapes are those of the parts. The error says why they can't be cut.
func (s Split) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) != 1 {
		return nil, fmt.Errorf("Split takes one input, here are %d", len(inputs))
	}
	axis, bounds, err := s.bounds(inputs[0])
	if err != nil {
		return nil, err
	}
	var shapes [][]int
	for i, at := range bounds[1:] {
		shape := slices.Clone(inputs[0])
		shape[axis] = at - bounds[i]
		if s.Single {
			shape = slices.Delete(shape, axis, axis+1)
		}
		shapes = append(shapes, shape)
	}
	return shapes, nil
}

func (Split) severalOutputs() bool { return true }

// KerasCall is keras.ops.split or unstack.
func (s Split) KerasCall(inputs []string) string {
	if s.Single {
		return fmt.Sprintf("keras.ops.unstack(%s, axis=%d)", inputs[0], s.Axis)
	}
	parts := fmt.Sprint(s.Sections)
	if s.Sections == 0 {
		parts = "[" + pythonList(s.At) + "]"
	}
	return fmt.Sprintf("keras.ops.split(%s, %s, axis=%d)", inputs[0], parts, s.Axis)
}

// TorchSteps is an error where there are several parts: one output can be written.
func (s Split) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	outputs, err := s.OutputShapes(inputs)
	if err == nil && len(outputs) > 1 {
		err = fmt.Errorf("Split has %d outputs, one can be written", len(outputs))
	}
	return nil, err
}
