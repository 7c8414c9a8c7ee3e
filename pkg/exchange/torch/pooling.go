package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

func init() {
	for n, name := range []string{"max_pool1d", "max_pool2d", "max_pool3d"} {
		reads(func(c *call) ([]value, error) { return readPooling(c, n+1, true) }, name)
	}
	for n, name := range []string{"avg_pool1d", "avg_pool2d", "avg_pool3d"} {
		reads(func(c *call) ([]value, error) { return readPooling(c, n+1, false) }, name)
	}
	for n, name := range []string{"adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"} {
		reads(func(c *call) ([]value, error) { return readAdaptive(c, n+1, false) }, name)
	}
	for n, name := range []string{"adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"} {
		reads(func(c *call) ([]value, error) { return readAdaptive(c, n+1, true) }, name)
	}
}

// pooled is the input of a pooling, an image with its channels first.
func (c *call) pooled(n int) (value, error) {
	name := "self"
	if !c.has(name) {
		name = "input"
	}
	x, err := c.node(name)
	if err != nil {
		return x, err
	}
	if x.rank() != n+2 {
		return x, fmt.Errorf("an input of shape %v is not supported", x.shape())
	}
	return c.b.batchFirst(x)
}

func readPooling(c *call, n int, largest bool) ([]value, error) {
	x, err := c.pooled(n)
	if err != nil {
		return nil, err
	}
	window, err := c.spatial("kernel_size", n, 2)
	if err != nil {
		return nil, err
	}
	strides, err := c.spatial("stride", n, 0)
	if err != nil {
		return nil, err
	}
	if slices.Max(strides) == 0 {
		strides = window
	}
	pads, err := c.spatial("padding", n, 0)
	if err != nil {
		return nil, err
	}
	dilation, err := c.spatial("dilation", n, 1)
	if err != nil {
		return nil, err
	}
	if slices.Max(dilation) > 1 {
		return nil, fmt.Errorf("dilation=%v is not supported", dilation)
	}
	if c.flag("ceil_mode", false) {
		for i := range n {
			if (x.row[1+i]+2*pads[i]-window[i])%strides[i] != 0 {
				return nil, fmt.Errorf("ceil_mode=True is not supported where windows reach beyond the input, %v", x.shape())
			}
		}
	}
	if !largest && slices.Max(pads) > 0 && !c.flag("count_include_pad", true) || c.has("divisor_override") {
		return nil, fmt.Errorf("count_include_pad=False and divisor_override are not supported")
	}
	around := 0.0
	if largest {
		around = -math.MaxFloat32
	}
	if x, err = c.surrounded(x, pads, n, around); err != nil {
		return nil, err
	}
	return one(c.b.add(poolingLayer(n, largest, window, strides), x))
}

func poolingLayer(n int, largest bool, window, strides []int) nn.Layer {
	switch {
	case largest && n == 1:
		return nn.MaxPooling1D{PoolSize: window, Strides: strides, DataFormat: channelsFirst}
	case largest && n == 2:
		return nn.MaxPooling2D{PoolSize: window, Strides: strides, DataFormat: channelsFirst}
	case largest:
		return nn.MaxPooling3D{PoolSize: window, Strides: strides, DataFormat: channelsFirst}
	case n == 1:
		return nn.AveragePooling1D{PoolSize: window, Strides: strides, DataFormat: channelsFirst}
	case n == 2:
		return nn.AveragePooling2D{PoolSize: window, Strides: strides, DataFormat: channelsFirst}
	}
	return nn.AveragePooling3D{PoolSize: window, Strides: strides, DataFormat: channelsFirst}
}

func readAdaptive(c *call, n int, largest bool) ([]value, error) {
	x, err := c.pooled(n)
	if err != nil {
		return nil, err
	}
	to, err := c.spatial("output_size", n, 1)
	if err != nil {
		return nil, err
	}
	var l nn.Layer
	switch {
	case largest && n == 1:
		l = nn.AdaptiveMaxPooling1D{OutputSize: to, DataFormat: channelsFirst}
	case largest && n == 2:
		l = nn.AdaptiveMaxPooling2D{OutputSize: to, DataFormat: channelsFirst}
	case largest:
		l = nn.AdaptiveMaxPooling3D{OutputSize: to, DataFormat: channelsFirst}
	case n == 1:
		l = nn.AdaptiveAveragePooling1D{OutputSize: to, DataFormat: channelsFirst}
	case n == 2:
		l = nn.AdaptiveAveragePooling2D{OutputSize: to, DataFormat: channelsFirst}
	default:
		l = nn.AdaptiveAveragePooling3D{OutputSize: to, DataFormat: channelsFirst}
	}
	return one(c.b.add(l, x))
}
