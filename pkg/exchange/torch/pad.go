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
