package torch

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/nn"
)

var _ = reads(readLinear, "linear")

// readLinear is torch.nn.Linear.
func readLinear(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	kernel, shape, err := c.parameterOf("weight")
	if err != nil {
		return nil, err
	}
	if len(shape) != 2 {
		return nil, fmt.Errorf("its weight has shape %v", shape)
	}
	d := nn.Dense{Units: shape[0], NoBias: !c.has("bias"), KernelInitializer: uniform(shape[1])}
	weights := []weight{{"kernel", []string{kernel}, turned(1, 0)}}
	if !d.NoBias {
		bias, _, err := c.parameterOf("bias")
		if err != nil {
			return nil, err
		}
		d.BiasInitializer, weights = uniform(shape[1]), append(weights, weight{name: "bias", parameters: []string{bias}})
	}
	x, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return nil, err
	}
	return alongLast(c, d, weights, x, back)
}

// alongLast applies a layer that works on the last axis and keeps the others.
func alongLast(c *call, l nn.Layer, weights []weight, x value, back func(value) value) ([]value, error) {
	out, err := c.b.layer(l, weights, x)
	if err != nil {
		return nil, err
	}
	y := out[0]
	y.axes = x.axes
	return []value{back(y)}, nil
}

// uniform is how PyTorch draws the weights of most of its modules: kaiming_uniform_ with a = √5 comes to ±1/√fan_in.
func uniform(fanIn int) nn.Initializer {
	bound := 1 / math.Sqrt(float64(max(1, fanIn)))
	return nn.RandomUniform{Min: -bound, Max: bound}
}
