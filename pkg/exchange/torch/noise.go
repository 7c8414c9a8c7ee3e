package torch

import "example.com/unstuck/pkg/nn"

// randn_like draws from a standard normal, in training alone: what a model is evaluated with is the mean.
var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	zero, err := c.b.add(nn.Unary{Function: "zeros_like"}, x)
	if err != nil {
		return nil, err
	}
	zero.axes = x.axes
	return one(c.b.drawing(nn.GaussianNoise{StdDev: 1}, zero, x.axes))
}, "randn_like")
