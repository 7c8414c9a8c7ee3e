package torch

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// part applies what is written between brackets to one of PyTorch's axes.
func (b *builder) part(x value, axis int, what string, goes bool) (value, error) {
	if slices.Contains(x.axes[axis], 0) {
		return x, fmt.Errorf("rows of the batch are taken by themselves")
	}
	if len(x.axes[axis]) != 1 {
		var err error
		if x, err = b.tidyOrFree(x); err != nil {
			return x, err
		}
	}
	place := x.axes[axis][0]
	at := ":" + strings.Repeat(", :", place-1) + ", " + what
	out, err := b.add(nn.Index{At: at}, of(x.ref, x.row))
	if err != nil {
		return x, err
	}
	out.axes = nil
	for i, axes := range x.axes {
		if i == axis && goes {
			continue
		}
		var moved []int
		for _, a := range axes {
			if goes && a > place {
				a--
			}
			moved = append(moved, a)
		}
		out.axes = append(out.axes, moved)
	}
	if len(out.row) == 0 { // a row is never without axes here
		out = value{ref: b.plain(nn.Reshape{Target: []int{1}}, out.ref), row: []int{1}, axes: out.axes}
	}
	return out, nil
}

var _ = reads(func(c *call) ([]value, error) {
	x, axis, err := c.tensorAndAxis(0)
	if err != nil {
		return nil, err
	}
	at, err := c.int("index", 0)
	if err != nil {
		return nil, err
	}
	if x = c.b.parameterNode(x); !x.isNode() {
		return one(x.knownPart(axis, at, at+1, 1, true))
	}
	return one(c.b.part(x, axis, fmt.Sprint(at), true))
}, "select")

var _ = reads(func(c *call) ([]value, error) {
	x, axis, err := c.tensorAndAxis(0)
	if err != nil {
		return nil, err
	}
	n := x.shape()[axis]
	bounds := []int{0, n.n, 1}
	for i, name := range []string{"start", "end", "step"} {
		if given, err := c.sizes(name); err != nil {
			return nil, err
		} else if len(given) == 1 && !given[0].batch {
			bounds[i] = given[0].n
		} else if len(given) == 1 && given[0] != n {
			return nil, fmt.Errorf("a slice that depends on the size of the batch is not supported")
		}
	}
	if n.batch {
		if bounds[0] == 0 && (bounds[1] == n.n || bounds[1] > 1<<40) && bounds[2] == 1 {
			return []value{x}, nil
		}
		return nil, fmt.Errorf("rows of the batch are taken by themselves")
	}
	for i := range 2 {
		if bounds[i] < 0 {
			bounds[i] += n.n
		}
		bounds[i] = min(max(bounds[i], 0), n.n)
	}
	if bounds[0] == 0 && bounds[1] == n.n && bounds[2] == 1 {
		return []value{x}, nil
	}
	if x = c.b.parameterNode(x); !x.isNode() {
		return one(x.knownPart(axis, bounds[0], bounds[1], bounds[2], false))
	}
	return one(c.b.part(x, axis, fmt.Sprintf("%d:%d:%d", bounds[0], bounds[1], bounds[2]), false))
}, "slice", "narrow_slice")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	axes, err := c.ints("dims")
	if err != nil {
		return nil, err
	}
	for _, a := range axes {
		if a, err = axisOf(a, x.rank()); err == nil {
			x, err = c.b.part(x, a, "::-1", false)
		}
		if err != nil {
			return nil, err
		}
	}
	return []value{x}, nil
}, "flip")

// split and chunk cut an axis into parts.
func readSplit(c *call) ([]value, error) {
	x, axis, err := c.nodeAndAxis(0)
	if err != nil {
		return nil, err
	}
	n := x.shape()[axis]
	if n.batch {
		return nil, fmt.Errorf("the rows of the batch are split")
	}
	var sizes []int
	switch operationName(c.operation) {
	case "chunk":
		chunks, err := c.int("chunks", 1)
		if err != nil || chunks < 1 {
			return nil, fmt.Errorf("%d chunks: %w", chunks, err)
		}
		sizes = []int{(n.n + chunks - 1) / chunks}
	default:
		name := "split_size"
		if c.has("split_sizes") {
			name = "split_sizes"
		}
		if sizes, err = c.ints(name); err != nil {
			return nil, err
		}
	}
	if len(sizes) == 1 && sizes[0] > 0 {
		for one, rest := sizes[0], n.n-sizes[0]; rest > 0; rest -= one {
			sizes = append(sizes, min(one, rest))
		}
		sizes[0] = min(sizes[0], n.n)
	}
	var out []value
	at := 0
	for _, s := range sizes {
		part, err := c.b.part(x, axis, fmt.Sprintf("%d:%d:1", at, at+s), false)
		if err != nil {
			return nil, err
		}
		out, at = append(out, part), at+s
	}
	return out, nil
}

var _ = reads(readSplit, "split", "chunk", "split_with_sizes", "tensor_split")

var _ = reads(func(c *call) ([]value, error) {
	x, axis, err := c.nodeAndAxis(0)
	if err != nil {
		return nil, err
	}
	if x.shape()[axis].batch {
		return nil, fmt.Errorf("the rows of the batch are split")
	}
	var out []value
	for i := range x.shape()[axis].n {
		part, err := c.b.part(x, axis, fmt.Sprint(i), true)
		if err != nil {
			return nil, err
		}
		out = append(out, part)
	}
	return out, nil
}, "unbind")

// index takes places of one axis by known numbers.
var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	x = c.b.parameterNode(x)
	a := c.give("indices")
	if a == nil || a.Optional == nil && a.Tensors == nil || !x.isNode() {
		return nil, fmt.Errorf("it is not supported of what doesn't depend on the input")
	}
	var at value
	axis := -1
	given := a.Optional
	for _, t := range a.Tensors {
		given = append(given, optionalNamed{Tensor: &t})
	}
	for i, o := range given {
		if o.Tensor == nil {
			continue
		}
		if axis >= 0 {
			return nil, fmt.Errorf("indices of several axes are not supported")
		}
		axis = i
		if at, err = c.b.value(o.Tensor.Name); err != nil {
			return nil, err
		}
	}
	if axis < 0 || at.known == nil || at.extent != nil || len(at.known.shape) != 1 || at.parameter != "" {
		return nil, fmt.Errorf("indices that depend on the input, or have several axes, are not supported")
	}
	turned, back, err := c.b.last(x, axis)
	if err != nil {
		return nil, err
	}
	var places []int
	for _, p := range at.known.values {
		places = append(places, int(p))
	}
	y, err := c.b.add(nn.Take{Indices: places, Axis: -1}, turned)
	if err != nil {
		return nil, err
	}
	y.axes = turned.axes
	return []value{back(y)}, nil
}, "index")
