package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// enlarged is how large an image becomes.
func (c *call) enlarged(x value) ([]int, error) { return c.enlargedBy(x, 2) }

func (c *call) enlargedBy(x value, n int) ([]int, error) {
	to, err := c.ints("output_size")
	if err != nil {
		return nil, err
	}
	if a := c.give("scale_factors"); len(to) == 0 && a != nil && len(a.Floats) == n {
		for i, factor := range a.Floats {
			to = append(to, int(float64(x.row[1+i])*float64(factor)))
		}
	}
	if len(to) != n || slices.Min(to) < 1 || slices.Max(to) > maxKnown {
		return nil, fmt.Errorf("neither a size nor factors that are understood are given")
	}
	return to, nil
}

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.pooled(2)
	if err != nil {
		return nil, err
	}
	to, err := c.enlarged(x)
	switch {
	case err != nil:
		return nil, err
	case to[0]%x.row[1] != 0 || to[1]%x.row[2] != 0:
		return nil, fmt.Errorf("%v to %v isn't a whole multiple, which alone is supported", x.row[1:], to)
	}
	return one(c.b.add(nn.UpSampling2D{Size: []int{to[0] / x.row[1], to[1] / x.row[2]}, DataFormat: channelsFirst}, x))
}, "upsample_nearest2d")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.pooled(2)
	if err != nil {
		return nil, err
	}
	to, err := c.enlarged(x)
	if err != nil {
		return nil, err
	}
	if !c.flag("align_corners", false) {
		return one(c.b.add(nn.Resizing{Height: to[0], Width: to[1], Interpolation: "bilinear", DataFormat: channelsFirst}, x))
	}
	for i, axis := range []int{2, 3} {
		if x, err = c.b.along(x, axis, betweenCorners(x.shape()[axis].n, to[i])); err != nil {
			return nil, err
		}
	}
	return []value{x}, nil
}, "upsample_bilinear2d")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.pooled(1)
	if err != nil {
		return nil, err
	}
	to, err := c.enlargedBy(x, 1)
	if err != nil {
		return nil, err
	}
	if c.flag("align_corners", false) {
		return one(c.b.along(x, 2, betweenCorners(x.row[1], to[0])))
	}
	return one(c.b.along(x, 2, betweenCentres(x.row[1], to[0])))
}, "upsample_linear1d")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.pooled(1)
	if err != nil {
		return nil, err
	}
	to, err := c.enlargedBy(x, 1)
	if err != nil {
		return nil, err
	}
	if to[0]%x.row[1] != 0 {
		return nil, fmt.Errorf("%v to %v isn't a whole multiple, which alone is supported", x.row[1], to)
	}
	return one(c.b.tiled(x, []int{1, 1, to[0] / x.row[1]}, true))
}, "upsample_nearest1d")

// betweenCorners interpolates the last axis between its places, the first and the last staying what they are.
func betweenCorners(from, to int) nn.Layer {
	step := 0.0
	if to > 1 {
		step = float64(from-1) / float64(to-1)
	}
	return interpolation(from, to, func(i int) float64 { return float64(i) * step })
}

// betweenCentres interpolates between the centres of places.
func betweenCentres(from, to int) nn.Layer {
	step := float64(from) / float64(to)
	return interpolation(from, to, func(i int) float64 { return max(0, (float64(i)+0.5)*step-0.5) })
}

// interpolation multiplies the last axis by a matrix with the shares of the two nearest places.
func interpolation(from, to int, at func(i int) float64) nn.Layer {
	m := make([]float64, from*to)
	for i := range to {
		low := min(int(at(i)), from-1)
		share := at(i) - float64(low)
		m[low*to+i] += 1 - share
		m[min(low+1, from-1)*to+i] += share
	}
	return nn.Matmul{Constant: m, ConstantShape: []int{from, to}}
}
