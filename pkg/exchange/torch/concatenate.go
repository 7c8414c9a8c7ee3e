package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// cat puts tensors one behind the other.
var _ = reads((*call).joined, "cat", "concat", "concatenate")

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

func (c *call) joined() ([]value, error) {
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
