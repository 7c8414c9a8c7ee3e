package torch

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// Operations that put axes elsewhere, join, part or take parts of them.

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	a, err := c.axis("dim0", 0, x.rank())
	if err != nil {
		return nil, err
	}
	b, err := c.axis("dim1", 1, x.rank())
	if err != nil {
		return nil, err
	}
	order := identity(x.rank())
	order[a], order[b] = order[b], order[a]
	return one(x.ordered(order))
}, "transpose", "swapaxes")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	return one(x.ordered(reversed(x.rank())))
}, "t", "numpy_T", "mT")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	order, err := c.ints("dims")
	if err != nil {
		return nil, err
	}
	for i := range order {
		if order[i], err = axisOf(order[i], x.rank()); err != nil {
			return nil, err
		}
	}
	return one(x.ordered(order))
}, "permute")

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func reversed(n int) []int {
	order := identity(n)
	slices.Reverse(order)
	return order
}

// ordered is a value, known or not, with its axes in another order.
func (v value) ordered(order []int) (value, error) {
	if len(order) != v.rank() || len(slices.Compact(slices.Sorted(slices.Values(order)))) != v.rank() {
		return v, fmt.Errorf("%v is no order of %d axes", order, v.rank())
	}
	if v.known != nil {
		if v.parameter != "" {
			return v, fmt.Errorf("the parameter %q is turned around before it is used, which isn't supported", v.parameter)
		}
		return knownValue(v.known.transposed(order...)), nil
	}
	return v.permuted(order), nil
}

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	name := "size"
	if c.has("shape") {
		name = "shape"
	}
	to, err := c.sizes(name)
	if err != nil {
		return nil, err
	}
	return one(c.b.shaped(x, to))
}, "view", "reshape", "_unsafe_view")

// shaped is reshaped of known tensors too.
func (b *builder) shaped(x value, to []size) (value, error) {
	if x.isNode() {
		return b.reshaped(x, to)
	}
	to, err := filled(x.shape(), to)
	if err != nil {
		return x, err
	}
	if x.parameter != "" {
		if x = b.parameterNode(x); x.isNode() {
			return b.reshaped(x, to)
		}
		return x, fmt.Errorf("a parameter is given another shape, which isn't supported here")
	}
	t := *x.known
	t.shape = nil
	for _, s := range to {
		t.shape = append(t.shape, s.n)
	}
	return knownValue(t), nil
}

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	from, err := c.axis("start_dim", 0, x.rank())
	if err != nil {
		return nil, err
	}
	to, err := c.axis("end_dim", -1, x.rank())
	if err != nil {
		return nil, err
	}
	shape := x.shape()
	all := size{n: 1}
	for _, s := range shape[from : to+1] {
		all = times(all, s)
	}
	return one(c.b.shaped(x, slices.Replace(slices.Clone(shape), from, to+1, all)))
}, "flatten")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, x.rank())
	if err != nil {
		return nil, err
	}
	parts, err := c.sizes("sizes")
	if err != nil {
		return nil, err
	}
	shape := x.shape()
	if parts, err = filled(shape[axis:axis+1], parts); err != nil {
		return nil, err
	}
	return one(c.b.shaped(x, slices.Replace(slices.Clone(shape), axis, axis+1, parts...)))
}, "unflatten")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, x.rank()+1)
	if err != nil {
		return nil, err
	}
	return one(c.b.shaped(x, slices.Insert(x.shape(), axis, size{n: 1})))
}, "unsqueeze")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	shape := x.shape()
	axes := identity(len(shape))
	if c.has("dim") {
		if axes, err = c.ints("dim"); err != nil {
			return nil, err
		}
	}
	var kept []size
	for i, s := range shape {
		gone := false
		for _, a := range axes {
			a, err := axisOf(a, len(shape))
			if err != nil {
				return nil, err
			}
			gone = gone || a == i
		}
		if !gone || s != (size{n: 1}) {
			kept = append(kept, s)
		}
	}
	return one(c.b.shaped(x, kept))
}, "squeeze")

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

// cat puts tensors one behind the other.
var _ = reads(func(c *call) ([]value, error) {
	return c.joined(func(axis int) nn.Layer { return nn.Concatenate{Axis: axis} }, 0)
}, "cat", "concat", "concatenate")

// stack puts them side by side along a new axis.
var _ = reads(func(c *call) ([]value, error) {
	all, err := c.tensors("tensors")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, all[0].rank()+1)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i], err = c.b.shaped(all[i], slices.Insert(all[i].shape(), axis, size{n: 1})); err != nil {
			return nil, err
		}
	}
	return one(c.b.concatenated(all, axis))
}, "stack")

func (c *call) joined(func(int) nn.Layer, int) ([]value, error) {
	all, err := c.tensors("tensors")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, all[0].rank())
	if err != nil {
		return nil, err
	}
	return one(c.b.concatenated(all, axis))
}

func (b *builder) concatenated(all []value, axis int) (value, error) {
	nodes := 0
	for _, v := range all {
		if v.isNode() && v.batchAxis() >= 0 {
			nodes++
		}
	}
	if nodes == 0 {
		return b.knownConcatenated(all, axis)
	}
	shape := []size(nil)
	for _, v := range all {
		if v.isNode() && v.batchAxis() >= 0 {
			shape = v.shape()
		}
	}
	for i, v := range all { // what is the same for all rows is expanded to them first
		if v.isNode() && v.batchAxis() >= 0 {
			continue
		}
		to := slices.Clone(shape)
		to[axis] = v.shape()[axis]
		if v.extent != nil {
			t := tensor{shape: nil, values: nil}
			n := 1
			for _, s := range to {
				if s.batch {
					s = size{n: 1}
				}
				t.shape, n = append(t.shape, s.n), n*s.n
			}
			t.values = slices.Repeat(v.known.values, n)
			v = knownValue(t)
		}
		var err error
		if all[i], err = b.expanded(v, to); err != nil {
			return v, err
		}
	}
	a, err := b.align(0, all...)
	if err != nil {
		return value{}, err
	}
	place := a.result(a.values[0]).axes[axis]
	if len(place) != 1 || place[0] == 0 {
		return value{}, fmt.Errorf("rows of the batch would come one behind the other")
	}
	out, err := b.add(nn.Concatenate{Axis: place[0]}, a.values...)
	if err != nil {
		return value{}, err
	}
	return a.result(out), nil
}

// part applies what is written between brackets to one of PyTorch's axes.
func (b *builder) part(x value, axis int, what string, goes bool) (value, error) {
	if slices.Contains(x.axes[axis], 0) {
		return x, fmt.Errorf("rows of the batch are taken by themselves")
	}
	if len(x.axes[axis]) != 1 {
		var err error
		if x, err = b.tidy(x); err != nil {
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
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, x.rank())
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
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, x.rank())
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
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, x.rank())
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
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, x.rank())
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
