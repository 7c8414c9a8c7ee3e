package torch

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// pad puts values at both ends of the last axes; PyTorch names the last axis first.
var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	widths, err := c.ints("pad")
	if err != nil {
		return nil, err
	}
	mode := c.text("mode", "constant")
	with, err := c.number("value", 0)
	if err != nil {
		return nil, err
	}
	if mode == "replicate" || mode == "circular" {
		return c.repeatedEnds(x, widths, mode)
	}
	if mode != "constant" && mode != "reflect" {
		return nil, fmt.Errorf("mode %q is not supported", mode)
	}
	if len(widths)%2 != 0 || len(widths)/2 > x.rank() {
		return nil, fmt.Errorf("%v are no widths for shape %v", widths, x.shape())
	}
	if x, err = c.b.tidy(x); err != nil {
		return nil, err
	}
	around := make([]int, 2*len(x.row))
	any := false
	for i := 0; i < len(widths); i += 2 {
		axis := x.axes[x.rank()-1-i/2]
		before, behind := widths[i], widths[i+1]
		if before == 0 && behind == 0 {
			continue
		}
		if len(axis) != 1 || axis[0] == 0 || before < 0 || behind < 0 {
			return nil, fmt.Errorf("widths %v are not supported on shape %v", widths, x.shape())
		}
		around[2*(axis[0]-1)], around[2*(axis[0]-1)+1] = before, behind
		any = true
	}
	if !any {
		return []value{x}, nil
	}
	if mode == "constant" {
		mode = ""
	}
	y, err := c.b.add(nn.Pad{Widths: around, Mode: mode, Value: with}, of(x.ref, x.row))
	y.axes = x.axes
	return one(y, err)
}, "pad", "constant_pad_nd")

// repeatedEnds puts the outermost places, or those of the other end, at both ends.
func (c *call) repeatedEnds(x value, widths []int, mode string) ([]value, error) {
	for i := 0; i+1 < len(widths); i += 2 {
		axis := x.rank() - 1 - i/2
		if axis < 0 || x.shape()[axis].batch {
			return nil, fmt.Errorf("%v are no widths for shape %v", widths, x.shape())
		}
		n := x.shape()[axis].n
		if widths[i] < 0 || widths[i+1] < 0 || widths[i] > n || widths[i+1] > n {
			return nil, fmt.Errorf("widths %v are not supported on shape %v", widths, x.shape())
		}
		var places []int
		for at := -widths[i]; at < n+widths[i+1]; at++ {
			if mode == "circular" {
				places = append(places, (at+n)%n)
			} else {
				places = append(places, min(max(at, 0), n-1))
			}
		}
		var err error
		if x, err = c.b.along(x, axis, nn.Take{Indices: places, Axis: -1}); err != nil {
			return nil, err
		}
	}
	return []value{x}, nil
}
