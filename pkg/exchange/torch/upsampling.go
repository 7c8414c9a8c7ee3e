package torch

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// enlarged is how large an image becomes.
func (c *call) enlarged(x value) ([]int, error) {
	to, err := c.ints("output_size")
	if err != nil || len(to) == 2 {
		return to, err
	}
	a := c.give("scale_factors")
	if a == nil || len(a.Floats) != 2 {
		return nil, fmt.Errorf("neither a size nor factors are given")
	}
	return []int{int(float64(x.row[1]) * float64(a.Floats[0])), int(float64(x.row[2]) * float64(a.Floats[1]))}, nil
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
	if c.flag("align_corners", false) {
		return nil, fmt.Errorf("align_corners=True is not supported")
	}
	to, err := c.enlarged(x)
	if err != nil {
		return nil, err
	}
	return one(c.b.add(nn.Resizing{Height: to[0], Width: to[1], Interpolation: "bilinear", DataFormat: channelsFirst}, x))
}, "upsample_bilinear2d")
