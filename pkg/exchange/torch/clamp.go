package torch

import (
	"math"

	"example.com/unstuck/pkg/nn"
)

// limits are the smallest and the largest value that an operation lets through.
func readClamp(low, high string, lowDefault, highDefault float64) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		from, err := c.number(low, lowDefault)
		if err != nil {
			return nil, err
		}
		to, err := c.number(high, highDefault)
		if err != nil {
			return nil, err
		}
		switch {
		case math.IsInf(to, 1) && from == 0:
			return eachValue(c, nn.ReLU{})
		case math.IsInf(to, 1) || math.IsInf(from, -1):
			x, err := c.tensor("self")
			if err != nil {
				return nil, err
			}
			if math.IsInf(to, 1) {
				return one(c.b.binary("maximum", x, number(from)))
			}
			return one(c.b.binary("minimum", x, number(to)))
		case from == -1 && to == 1:
			return eachValue(c, nn.HardTanh{})
		}
		return eachValue(c, nn.Clip{Low: from, High: to})
	}
}

var _ = reads(readClamp("min", "max", math.Inf(-1), math.Inf(1)), "clamp", "clamp_", "clip")
var _ = reads(readClamp("min", "", 0, math.Inf(1)), "clamp_min")
var _ = reads(readClamp("", "max", math.Inf(-1), 0), "clamp_max")
var _ = reads(readClamp("min_val", "max_val", -1, 1), "hardtanh", "hardtanh_")
var _ = reads(elementwise(nn.HardSwish{}), "hardswish", "hardswish_")
var _ = reads(elementwise(nn.HardSigmoid{}), "hardsigmoid", "hardsigmoid_")

var _ = reads(func(c *call) ([]value, error) {
	beta, err := c.number("beta", 1)
	if err != nil {
		return nil, err
	}
	if beta == 1 {
		return eachValue(c, nn.Softplus{})
	}
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	if x, err = c.b.binary("multiply", x, number(beta)); err != nil {
		return nil, err
	}
	if x, err = c.b.each(nn.Softplus{}, x); err != nil {
		return nil, err
	}
	return one(c.b.binary("divide", x, number(beta)))
}, "softplus")
