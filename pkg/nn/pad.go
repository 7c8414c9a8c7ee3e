package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Pad puts values at both ends of axes: a number, or the input's own values mirrored.
//
// Shapes: x [batch, …] → the same, each axis behind the batch longer by its pair of widths.
type Pad struct {
	Name   string  `keras:"-"`                                 // empty: "pad", "pad_1", …
	Widths []int   `keras:",from=0"`                           // before and behind each axis behind the batch: 1, 0, 2, 2 for two axes
	Mode   string  `keras:",oneof=constant|reflect|symmetric"` // empty: "constant"; "reflect" leaves the outermost value out of the mirror image, "symmetric" doesn't
	Value  float64 // that "constant" puts
}

var _ = operations.Add(Pad{})

// Apply adds the operation to the graph. It panics when Widths don't fit x.
func (p Pad) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := p.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	for axis := 1; axis < x.Rank(); axis++ {
		before, behind := p.Widths[2*axis-2], p.Widths[2*axis-1]
		if p.Mode == "" || p.Mode == "constant" {
			x = padAxis(x, axis, before, behind, p.Value)
			continue
		}
		size := x.Shape().Dim(axis)
		edge := 0
		if p.Mode == "reflect" {
			edge = 1
		}
		parts := []*graph.Node{x}
		if before > 0 {
			parts = append([]*graph.Node{graph.Reverse(graph.SliceAxis(x, axis, graph.AxisRange(edge, edge+before)), axis)}, parts...)
		}
		if behind > 0 {
			parts = append(parts, graph.Reverse(graph.SliceAxis(x, axis, graph.AxisRange(size-edge-behind, size-edge)), axis))
		}
		if len(parts) > 1 {
			x = graph.Concatenate(parts, axis)
		}
	}
	return x
}

// OutputShape is the input's with the widths. The error says what doesn't fit.
func (p Pad) OutputShape(input ...int) ([]int, error) {
	if err := codec.Check(p); err != nil {
		return nil, err
	}
	if len(p.Widths) != 2*(len(input)-1) {
		return nil, fmt.Errorf("Pad.Widths is %v, must hold two numbers for each of the %d axes behind the batch", p.Widths, len(input)-1)
	}
	out := append([]int{}, input...)
	for axis := 1; axis < len(input); axis++ {
		before, behind := p.Widths[2*axis-2], p.Widths[2*axis-1]
		most := map[string]int{"reflect": input[axis] - 1, "symmetric": input[axis]}
		if limit, mirrors := most[p.Mode]; mirrors && max(before, behind) > limit {
			return nil, fmt.Errorf("Pad.Widths is %v, but %q has no more than %d values at an end of axis %d", p.Widths, p.Mode, limit, axis)
		}
		out[axis] += before + behind
	}
	return out, nil
}

// KerasCall is keras.ops.pad.
func (p Pad) KerasCall(inputs []string) string {
	text := "keras.ops.pad(" + inputs[0] + ", ((0, 0)"
	for i := 0; i+1 < len(p.Widths); i += 2 {
		text += fmt.Sprintf(", (%d, %d)", p.Widths[i], p.Widths[i+1])
	}
	switch {
	case p.Mode != "" && p.Mode != "constant":
		return text + "), mode=" + codec.PythonString(p.Mode) + ")"
	case p.Value != 0:
		return text + "), constant_values=" + codec.PythonFloat(p.Value) + ")"
	}
	return text + "))"
}

// TorchSteps is nn.functional.pad; PyTorch has no "symmetric", and "reflect" of the last axes but three only.
func (p Pad) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := p.OutputShape(inputs[0]...); err != nil {
		return nil, err
	}
	if p.Mode != "" && p.Mode != "constant" {
		return nil, fmt.Errorf("Pad.Mode is %q, which PyTorch pads images with alone", p.Mode)
	}
	var pads [][2]int
	for i := 0; i+1 < len(p.Widths); i += 2 {
		pads = append(pads, [2]int{p.Widths[i], p.Widths[i+1]})
	}
	return torchAsHere(torchPad("{x}", pads, torchArgument("value", p.Value, 0)...))
}
