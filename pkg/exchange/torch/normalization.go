package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// affine are the scale and the shift of a normalization, where it has them.
func (c *call) affine(names ...string) (all []weight, scale, shift bool, err error) {
	for i, argument := range []string{"weight", "bias"} {
		if !c.has(argument) {
			continue
		}
		p, _, err := c.parameterOf(argument)
		if err != nil {
			return nil, false, false, err
		}
		all = append(all, weight{name: names[i], parameters: []string{p}})
		scale, shift = scale || i == 0, shift || i == 1
	}
	return all, scale, shift, nil
}

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	if x, err = c.b.batchFirst(x); err != nil {
		return nil, err
	}
	weights, scale, shift, err := c.affine("gamma", "beta")
	if err != nil {
		return nil, err
	}
	if !c.has("running_mean") || !c.has("running_var") {
		return nil, fmt.Errorf("track_running_stats=False is not supported")
	}
	for argument, name := range map[string]string{"running_mean": "moving_mean", "running_var": "moving_variance"} {
		v, err := c.tensor(argument)
		if err != nil {
			return nil, err
		}
		if v.buffer == "" {
			return nil, fmt.Errorf("its %s is no buffer", argument)
		}
		weights = append(weights, weight{name: name, parameters: []string{v.buffer}})
	}
	momentum, err := c.number("momentum", 0.1)
	if err != nil {
		return nil, err
	}
	epsilon, err := c.number("eps", 1e-5)
	if err != nil {
		return nil, err
	}
	if !c.flag("training", true) {
		return one(c.withStatistics(x, epsilon))
	}
	return c.b.layer(nn.BatchNormalization{
		Axis: 1, Momentum: 1 - momentum, Epsilon: epsilon, NoScale: !scale, NoCenter: !shift, Unbiased: true,
	}, weights, x)
}, "batch_norm", "native_batch_norm_legit")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	shape, err := c.ints("normalized_shape")
	if err != nil {
		return nil, err
	}
	weights, scale, shift, err := c.affine("gamma", "beta")
	if err != nil {
		return nil, err
	}
	epsilon, err := c.number("eps", 1e-5)
	if err != nil {
		return nil, err
	}
	turned, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return nil, err
	}
	n := len(turned.row)
	l := nn.LayerNormalization{Epsilon: epsilon, NoScale: !scale, NoCenter: !shift}
	if len(shape) > 1 {
		for i := range shape {
			l.Axis = append(l.Axis, n+1-len(shape)+i)
		}
	}
	return alongLast(c, l, weights, turned, back)
}, "layer_norm")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	if x, err = c.b.batchFirst(x); err != nil {
		return nil, err
	}
	groups, err := c.int("num_groups", 1)
	if err != nil {
		return nil, err
	}
	weights, scale, shift, err := c.affine("gamma", "beta")
	if err != nil {
		return nil, err
	}
	epsilon, err := c.number("eps", 1e-5)
	if err != nil {
		return nil, err
	}
	return c.b.layer(nn.GroupNormalization{Groups: groups, Axis: 1, Epsilon: epsilon, NoScale: !scale, NoCenter: !shift}, weights, x)
}, "group_norm")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	weights, scale, _, err := c.affine("scale", "shift")
	if err != nil {
		return nil, err
	}
	if !scale {
		return nil, fmt.Errorf("without a weight it is not supported")
	}
	epsilon, err := c.number("eps", 1.1920929e-07)
	if err != nil {
		return nil, err
	}
	turned, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return nil, err
	}
	return alongLast(c, nn.RMSNormalization{Epsilon: epsilon}, weights, turned, back)
}, "rms_norm")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	if x, err = c.b.batchFirst(x); err != nil {
		return nil, err
	}
	if !c.flag("use_input_stats", true) || c.has("running_mean") {
		return nil, fmt.Errorf("track_running_stats=True is not supported")
	}
	weights, scale, shift, err := c.affine("gamma", "beta")
	if err != nil {
		return nil, err
	}
	epsilon, err := c.number("eps", 1e-5)
	if err != nil {
		return nil, err
	}
	return c.b.layer(nn.GroupNormalization{Groups: -1, Axis: 1, Epsilon: epsilon, NoScale: !scale, NoCenter: !shift}, weights, x)
}, "instance_norm")

// withStatistics normalizes by statistics that stay what they are, as a module on which eval() was called in a training does.
func (c *call) withStatistics(x value, epsilon float64) (value, error) {
	shape := append([]int{-1}, slices.Repeat([]int{1}, x.rank()-2)...)
	along := func(argument string) (value, error) {
		v, err := c.tensor(argument)
		if err != nil {
			return v, err
		}
		shape := slices.Clone(shape)
		shape[0] = v.known.shape[0]
		var sizes []size
		for _, n := range shape {
			sizes = append(sizes, size{n: n})
		}
		return c.b.shaped(v, sizes)
	}
	mean, err := along("running_mean")
	if err != nil {
		return x, err
	}
	variance, err := along("running_var")
	if err != nil {
		return x, err
	}
	deviation := *variance.known
	deviation.values = slices.Clone(deviation.values)
	for i, v := range deviation.values {
		deviation.values[i] = float32(math.Sqrt(float64(v) + epsilon))
	}
	if x, err = c.b.binary("subtract", x, mean); err != nil {
		return x, err
	}
	if x, err = c.b.binary("divide", x, knownValue(deviation)); err != nil {
		return x, err
	}
	for _, part := range [][2]string{{"weight", "multiply"}, {"bias", "add"}} {
		if !c.has(part[0]) {
			continue
		}
		v, err := along(part[0])
		if err != nil {
			return x, err
		}
		if x, err = c.b.binary(part[1], x, v); err != nil {
			return x, err
		}
	}
	return x, nil
}
