package torch

import "example.com/unstuck/pkg/nn"

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	p, err := c.number("p", 0.5)
	if err != nil || !c.flag("train", true) || p == 0 {
		return one(x, err)
	}
	y, err := c.b.add(nn.Dropout{Rate: p}, x)
	y.axes = x.axes
	return one(y, err)
}, "dropout", "dropout_")
