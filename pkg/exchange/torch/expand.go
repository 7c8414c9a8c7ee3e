package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// expand repeats axes of size 1, which combining tensors does by itself: what is known stays as it is there.
var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	to, err := c.sizes("size")
	if err != nil {
		return nil, err
	}
	return one(c.b.expanded(x, to))
}, "expand")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	y, err := c.tensor("other")
	if err != nil {
		return nil, err
	}
	return one(c.b.expanded(x, y.shape()))
}, "expand_as")

func (b *builder) expanded(x value, to []size) (value, error) {
	shape := append(slices.Repeat([]size{{n: 1}}, max(0, len(to)-x.rank())), x.shape()...)
	if len(shape) != len(to) {
		return x, fmt.Errorf("shape %v can't become %v", x.shape(), to)
	}
	want := slices.Clone(to)
	same := true
	batch := -1
	for i, s := range to {
		if s.n == -1 {
			want[i] = shape[i]
		}
		if want[i] != shape[i] {
			same = false
			if shape[i] != (size{n: 1}) {
				return x, fmt.Errorf("shape %v can't become %v", x.shape(), to)
			}
			if want[i].batch {
				batch = i
			}
		}
	}
	x, err := b.shaped(x, shape)
	if err != nil || same {
		return x, err
	}
	x = b.parameterNode(x)
	if !x.isNode() {
		if x, err = b.constant(*x.known); err != nil {
			return x, err
		}
		x.axes = behindBatch(len(shape))
	}
	if batch >= 0 && x.batchAxis() < 0 { // the node has the same for all rows already
		if want[batch].n != 1 {
			return x, fmt.Errorf("shape %v can't become %v", shape, to)
		}
		x.axes = slices.Clone(x.axes)
		x.axes[batch] = []int{0}
		want[batch] = size{n: 1, batch: true}
	}
	if x, err = b.tidyOrFree(x); err != nil {
		return x, err
	}
	times, more := slices.Repeat([]int{1}, len(x.row)), false
	for i, axes := range x.axes {
		if x.shape()[i] == want[i] {
			continue
		}
		if len(axes) != 1 {
			return x, fmt.Errorf("shape %v can't become %v", shape, to)
		}
		times[axes[0]-1], more = want[i].n, true
	}
	if !more {
		return x, nil
	}
	out, err := b.add(nn.Tile{Times: times}, x)
	out.axes = x.axes
	return out, err
}

// repeat puts a tensor several times behind itself along each axis.
var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	times, err := c.ints("repeats")
	if err != nil {
		return nil, err
	}
	if len(times) < x.rank() {
		return nil, fmt.Errorf("%v for shape %v", times, x.shape())
	}
	if x, err = c.b.shaped(x, append(slices.Repeat([]size{{n: 1}}, len(times)-x.rank()), x.shape()...)); err != nil {
		return nil, err
	}
	return one(c.b.tiled(x, times, false))
}, "repeat")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	n, err := c.int("repeats", 1)
	if err != nil {
		return nil, err
	}
	if !c.has("dim") {
		return nil, fmt.Errorf("without dim it makes one axis of all")
	}
	axis, err := c.axis("dim", 0, x.rank())
	if err != nil {
		return nil, err
	}
	times := slices.Repeat([]int{1}, x.rank())
	times[axis] = n
	return one(c.b.tiled(x, times, true))
}, "repeat_interleave")

// tiled repeats a node along PyTorch's axes.
func (b *builder) tiled(x value, times []int, each bool) (value, error) {
	x, err := b.tidyOrFree(x)
	if err != nil {
		return x, err
	}
	own := slices.Repeat([]int{1}, len(x.row))
	for i, n := range times {
		switch {
		case n == 1:
		case len(x.axes[i]) != 1 || x.axes[i][0] == 0 || n < 1:
			return x, fmt.Errorf("axis %d of %v can't be repeated %d times", i, x.shape(), n)
		default:
			own[x.axes[i][0]-1] = n
		}
	}
	out, err := b.add(nn.Tile{Times: own, Each: each}, of(x.ref, x.row))
	out.axes = x.axes
	return out, err
}

// tidyOrFree is tidy, of what is the same for all rows too.
func (b *builder) tidyOrFree(x value) (value, error) {
	if x.batchAxis() >= 0 {
		return b.tidy(x)
	}
	x, err := b.merged(x)
	if err == nil {
		x.axes = x.axes[1:]
	}
	return x, err
}
