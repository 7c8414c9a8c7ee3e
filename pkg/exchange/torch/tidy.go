package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// tidy brings the node's axes into PyTorch's order, as far as the batch stays in front and by itself: each of PyTorch's
// axes is one of the node's then, but for the one with the batch, whose parts come first.
func (b *builder) tidy(v value) (value, error) {
	batch := v.batchAxis()
	if batch < 0 {
		return v, fmt.Errorf("it has no axis for the batch")
	}
	order, row := []int{}, []int{}
	axes := make([][]int, len(v.axes))
	place := func(torchAxis, axis int) {
		order, row = append(order, axis), append(row, v.row[axis-1])
		axes[torchAxis] = append(axes[torchAxis], len(order))
	}
	for _, a := range v.axes[batch] {
		if a == 0 {
			axes[batch] = append(axes[batch], 0)
		} else {
			place(batch, a)
		}
	}
	merged := slices.Clone(row)
	for i, from := range v.axes {
		if i == batch {
			continue
		}
		n := 1
		for _, a := range from {
			order = append(order, a)
			row = append(row, v.row[a-1])
			n *= v.row[a-1]
		}
		merged = append(merged, n)
		axes[i] = []int{len(merged)}
	}
	for a := range v.row { // an axis of size 1 that none of PyTorch's has
		if !slices.Contains(order, a+1) {
			if v.row[a] != 1 {
				return v, fmt.Errorf("an axis of size %d was lost", v.row[a])
			}
			order = append(order, a+1)
		}
	}
	ref := v.ref
	if !slices.IsSorted(order) {
		ref = b.plain(nn.Permute{Dims: order}, ref)
	}
	turned := make([]int, len(order))
	for i, a := range order {
		turned[i] = v.row[a-1]
	}
	if !slices.Equal(turned, merged) {
		if len(merged) == 0 {
			merged = []int{1} // a row is never without axes here
			axes[batch] = append(axes[batch], 1)
		}
		if !slices.Equal(turned, merged) {
			ref = b.plain(nn.Reshape{Target: merged}, ref)
		}
	}
	return value{ref: ref, row: merged, axes: axes}, nil
}

// batchFirst is tidy for what needs the batch on PyTorch's first axis, by itself: then the node has PyTorch's axes.
func (b *builder) batchFirst(v value) (value, error) {
	if v.isPlain() {
		return v, nil
	}
	if len(v.axes) == 1 && v.batchAxis() == 0 && sizeOfRow(v.row) == 1 { // one number for each row
		if len(v.row) != 1 {
			v = value{ref: b.plain(nn.Reshape{Target: []int{1}}, v.ref), row: []int{1}}
		}
		v.axes = [][]int{{0}, {1}}
		return v, nil
	}
	if v.batchAxis() != 0 || len(v.axes[0]) != 1 {
		return v, fmt.Errorf("the batch isn't the first axis by itself, the shape is %v", v.shape())
	}
	return b.tidy(v)
}

// last is tidy with PyTorch's axis behind all others; back brings it to its place again.
func (b *builder) last(v value, axis int) (turned value, back func(value) value, err error) {
	if slices.Contains(v.axes[axis], 0) {
		return v, nil, fmt.Errorf("axis %d of %v is the batch: rows would influence each other", axis, v.shape())
	}
	there := []int{}
	for i := range v.axes {
		if i != axis {
			there = append(there, i)
		}
	}
	there = append(there, axis)
	home := make([]int, len(there))
	for i, a := range there {
		home[a] = i
	}
	turned, err = b.tidy(v.permuted(there))
	if err == nil && (len(turned.axes[axisLast(turned)]) != 1 || turned.axes[axisLast(turned)][0] != len(turned.row)) {
		err = fmt.Errorf("axis %d of %v can't be put last", axis, v.shape())
	}
	return turned, func(out value) value { return out.permuted(home) }, err
}

func axisLast(v value) int { return len(v.axes) - 1 }

func sizeOfRow(row []int) int {
	n := 1
	for _, d := range row {
		n *= d
	}
	return n
}
