package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// Operations that move places of axes, or take some.

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	shifts, err := c.ints("shifts")
	if err != nil {
		return nil, err
	}
	axes, err := c.ints("dims")
	if err != nil {
		return nil, err
	}
	if len(axes) != len(shifts) {
		return nil, fmt.Errorf("shifts %v without as many axes, %v", shifts, axes)
	}
	for i, a := range axes {
		if a, err = axisOf(a, x.rank()); err != nil {
			return nil, err
		}
		if x.shape()[a].batch {
			return nil, fmt.Errorf("rows of the batch change places")
		}
		if x, err = c.b.along(x, a, nn.Roll{Shift: shifts[i], Axis: -1}); err != nil {
			return nil, err
		}
	}
	return []value{x}, nil
}, "roll")

var _ = reads(func(c *call) ([]value, error) {
	x, axis, err := c.nodeAndAxis(0)
	if err != nil {
		return nil, err
	}
	at, err := c.tensor("index")
	if err != nil {
		return nil, err
	}
	if at.known == nil || at.extent != nil || at.parameter != "" {
		return nil, fmt.Errorf("an index that depends on the input is not supported")
	}
	var places []int
	for _, p := range at.known.values {
		places = append(places, int(p))
	}
	return one(c.b.along(x, axis, nn.Take{Indices: places, Axis: -1}))
}, "index_select")

var _ = reads(func(c *call) ([]value, error) {
	x, axis, err := c.nodeAndAxis(0)
	if err != nil {
		return nil, err
	}
	from, err := c.int("start", 0)
	if err != nil {
		return nil, err
	}
	n, err := c.int("length", 0)
	if err != nil {
		return nil, err
	}
	if from < 0 {
		from += x.shape()[axis].n
	}
	if from < 0 || n < 1 || from+n > x.shape()[axis].n {
		return nil, fmt.Errorf("there are no places %d to %d of %v", from, from+n, x.shape()[axis])
	}
	return one(c.b.part(x, axis, fmt.Sprintf("%d:%d:1", from, from+n), false))
}, "narrow")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	from, err := c.ints("source")
	if err != nil {
		return nil, err
	}
	to, err := c.ints("destination")
	if err != nil {
		return nil, err
	}
	if len(from) != len(to) {
		return nil, fmt.Errorf("%v to %v", from, to)
	}
	order := slices.Repeat([]int{-1}, x.rank())
	moved := map[int]bool{}
	for i := range from {
		a, err := axisOf(from[i], x.rank())
		if err != nil {
			return nil, err
		}
		b, err := axisOf(to[i], x.rank())
		if err != nil {
			return nil, err
		}
		order[b], moved[a] = a, true
	}
	next := 0
	for i := range order {
		if order[i] >= 0 {
			continue
		}
		for next < len(order) && moved[next] {
			next++
		}
		order[i] = next
		next++
	}
	return one(c.b.ordered(x, order))
}, "movedim", "moveaxis")

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
}, "broadcast_to")

// pixel_shuffle makes an image larger by channels, pixel_unshuffle the other way round.
func readShuffle(back bool) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		x, err := c.node("self")
		if err != nil {
			return nil, err
		}
		name := "upscale_factor"
		if back {
			name = "downscale_factor"
		}
		r, err := c.int(name, 1)
		if err != nil {
			return nil, err
		}
		s := x.shape()
		if len(s) != 4 || r < 1 {
			return nil, fmt.Errorf("shape %v is not supported", s)
		}
		of := func(n int) size { return size{n: n} }
		if back {
			if s[2].n%r != 0 || s[3].n%r != 0 {
				return nil, fmt.Errorf("shape %v isn't made of squares of %d", s, r)
			}
			return c.cut(x, []size{s[0], s[1], of(s[2].n / r), of(r), of(s[3].n / r), of(r)}, []int{0, 1, 3, 5, 2, 4}, []size{s[0], of(s[1].n * r * r), of(s[2].n / r), of(s[3].n / r)})
		}
		if s[1].n%(r*r) != 0 {
			return nil, fmt.Errorf("shape %v has no %d channels for each", s, r*r)
		}
		return c.cut(x, []size{s[0], of(s[1].n / r / r), of(r), of(r), s[2], s[3]}, []int{0, 1, 4, 2, 5, 3}, []size{s[0], of(s[1].n / r / r), of(s[2].n * r), of(s[3].n * r)})
	}
}

// cut gives a value a shape, its axes another order, and a shape again.
func (c *call) cut(x value, shape []size, order []int, to []size) ([]value, error) {
	x, err := c.b.shaped(x, shape)
	if err != nil {
		return nil, err
	}
	if x, err = c.b.ordered(x, order); err != nil {
		return nil, err
	}
	return one(c.b.shaped(x, to))
}

var _ = reads(readShuffle(false), "pixel_shuffle")
var _ = reads(readShuffle(true), "pixel_unshuffle")

func init() {
	reads(elementwise(nn.Softsign{}), "softsign")
	reads(func(c *call) ([]value, error) { // v and its mean
		variance, err := reduction("var")(c)
		if err != nil {
			return nil, err
		}
		mean, err := reduction("mean")(c)
		if err != nil {
			return nil, err
		}
		return append(variance, mean...), nil
	}, "var_mean")
	reads(func(c *call) ([]value, error) {
		x, err := c.node("self")
		if err != nil {
			return nil, err
		}
		n, err := c.int("num_classes", -1)
		if err != nil {
			return nil, err
		}
		if n < 1 {
			return nil, fmt.Errorf("without num_classes its size depends on the values")
		}
		// PyTorch's new axis is the node's last one.
		y, err := c.b.add(nn.OneHot{Classes: n}, of(x.ref, x.row))
		if err != nil {
			return nil, err
		}
		y.axes, y.whole = append(slices.Clone(x.axes), []int{len(y.row)}), true
		return []value{y}, nil
	}, "one_hot")
}
