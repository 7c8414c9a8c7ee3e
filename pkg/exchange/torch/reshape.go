package torch

import (
	"fmt"
	"slices"
)

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
}, "view", "reshape", "unsafe_view")

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
	x, axis, err := c.tensorAndAxis(0)
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
