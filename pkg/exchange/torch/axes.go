package torch

import (
	"fmt"
	"slices"
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
	return one(c.b.ordered(x, order))
}, "transpose", "swapaxes")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	return one(c.b.ordered(x, reversed(x.rank())))
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
	return one(c.b.ordered(x, order))
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

// ordered is a value with its axes in another order, a parameter becoming a node.
func (b *builder) ordered(v value, order []int) (value, error) {
	if v.parameter == "" {
		return v.ordered(order)
	}
	n := b.parameterNode(v)
	if !n.isNode() {
		return v, fmt.Errorf("the parameter %q is turned around where it is used in another way elsewhere, which isn't supported", v.parameter)
	}
	return n.ordered(order)
}

// ordered is a value, known or not, with its axes in another order.
func (v value) ordered(order []int) (value, error) {
	if len(order) != v.rank() || len(slices.Compact(slices.Sorted(slices.Values(order)))) != v.rank() {
		return v, fmt.Errorf("%v is no order of %d axes", order, v.rank())
	}
	if v.known != nil {
		return knownValue(v.known.transposed(order...)), nil
	}
	return v.permuted(order), nil
}
