package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// Draw is a node of a [Model] that draws random numbers in training, and the draw of PyTorch's that it stands for.
type Draw struct {
	Node string // of Layer, unless no output needs it
	Of   string // the program's operation, by the name of what it gives
	At   int    // which of the operation's draws, from 0

	axes [][]int // of the draw, by PyTorch's axis the node's axes
	row  []int   // of the node
}

// Laid is what PyTorch drew, with its axes as the node has them. Along an axis of size 1 all values share a draw.
func (d Draw) Laid(a dataset.Array) (dataset.Array, error) {
	wrong := fmt.Errorf("what %s drew has the shape %v, which isn't that of %s", d.Of, a.Shape, d.Node)
	if len(a.Shape) != len(d.axes) {
		return a, wrong
	}
	var parts, order []int // the shape with axes taken apart, and which of the node's axis each is
	for i, n := range a.Shape {
		if n == 1 { // shared, or an axis of one
			for _, axis := range d.axes[i] {
				parts, order = append(parts, 1), append(order, axis)
			}
			continue
		}
		rest := 1
		for _, axis := range d.axes[i] {
			if axis > 0 {
				rest *= max(1, d.row[axis-1])
			}
		}
		for _, axis := range d.axes[i] {
			size := n / rest // of the batch
			if axis > 0 {
				size = d.row[axis-1]
			}
			parts, order = append(parts, size), append(order, axis)
		}
	}
	all := 1
	for _, n := range parts {
		all *= n
	}
	if len(order) == 0 || all != len(a.Values) {
		return a, wrong
	}
	t := tensor{shape: parts, values: a.Values}
	turn := make([]int, len(order)) // the places of the node's axes among the parts, in the node's order
	for i := range turn {
		turn[i] = i
	}
	slices.SortStableFunc(turn, func(a, b int) int { return order[a] - order[b] })
	t = t.transposed(turn...)
	shape := slices.Repeat([]int{1}, len(d.row)+1)
	for i, place := range turn {
		shape[order[place]] = t.shape[i]
	}
	return dataset.Array{Shape: shape, Values: t.values}, nil
}

// drawing puts a layer that draws behind a node, and notes which of PyTorch's draws it stands for. The layer draws with x's axes;
// axes are the draw's in PyTorch.
func (b *builder) drawing(l nn.Layer, x value, axes [][]int) (value, error) {
	y, err := b.add(l, x)
	if err != nil {
		return y, err
	}
	d := Draw{Node: y.ref, axes: axes, row: y.row}
	if names := b.now.outputNames(); len(names) > 0 {
		d.Of = names[0]
	}
	for _, other := range b.draws {
		if other.Of == d.Of {
			d.At++
		}
	}
	b.draws = append(b.draws, d)
	y.axes = x.axes
	return y, nil
}
