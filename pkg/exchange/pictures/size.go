package pictures

import (
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // what image.Decode knows
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"

	_ "golang.org/x/image/bmp" // more of it
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"example.com/unstuck/pkg/dataset"
)

// size is how each picture is laid out.
type size struct {
	height, width, channels int
	channelsFirst           bool
}

func (s size) values() int { return s.height * s.width * s.channels }

// size finds out how the model takes pictures; what it leaves open is that of the first one.
func (n Need) size(all []picture) (size, error) {
	first, err := open(all[0].path)
	if err != nil {
		return size{}, fmt.Errorf("%s: %w", all[0].path, err)
	}
	s := size{first.Height, first.Width, channelsOf(all), n.ChannelsFirst}
	take := func(to *int, d int) {
		if d > 0 {
			*to = d
		}
	}
	switch shape := n.Shape; len(shape) {
	case 0:
	case 1:
		if shape[0] < 0 {
			return s, nil
		}
		for _, channels := range []int{1, 3} {
			if side := int(math.Round(math.Sqrt(float64(shape[0] / channels)))); side*side*channels == shape[0] {
				return size{side, side, channels, n.ChannelsFirst}, nil
			}
			if s.height*s.width*channels == shape[0] {
				return size{s.height, s.width, channels, n.ChannelsFirst}, nil
			}
		}
		return s, fmt.Errorf("the model takes rows of %d numbers: %w: it is neither a square's, gray or in color, nor that of the pictures, %d × %d", shape[0], errShape, s.height, s.width)
	case 2:
		take(&s.height, shape[0])
		take(&s.width, shape[1])
		s.channels = 1
	case 3:
		if n.ChannelsFirst {
			shape = []int{shape[1], shape[2], shape[0]}
		}
		take(&s.height, shape[0])
		take(&s.width, shape[1])
		take(&s.channels, shape[2])
	default:
		return s, fmt.Errorf("the model takes rows of shape %v: %w", shape, errShape)
	}
	if s.channels != 1 && s.channels != 3 && s.channels != 4 {
		return s, fmt.Errorf("the model takes rows of shape %v, with %d channels: %w: they have 1, 3 or 4", n.Shape, s.channels, errShape)
	}
	return s, nil
}

// shaped is the shape of a row.
func (n Need) shaped(s size) []int {
	switch {
	case len(n.Shape) == 1:
		return []int{s.values()}
	case len(n.Shape) == 2:
		return []int{s.height, s.width}
	case s.channelsFirst:
		return []int{s.channels, s.height, s.width}
	}
	return []int{s.height, s.width, s.channels}
}

// open reads the head of a picture, and refuses what would be too large.
func open(path string) (image.Config, error) {
	file, err := os.Open(path)
	if err != nil {
		return image.Config{}, err
	}
	defer file.Close()
	config, _, err := image.DecodeConfig(file)
	if err == nil && (config.Width < 1 || config.Height < 1 || config.Height > maxPixels/config.Width) {
		err = fmt.Errorf("%d × %d pixels: %w", config.Height, config.Width, dataset.ErrTooLarge)
	}
	return config, err
}

// channelsOf is 1 where the first pictures are gray, else 3.
func channelsOf(all []picture) int {
	for _, p := range all[:min(len(all), 100)] {
		if c, err := open(p.path); err == nil && c.ColorModel != color.GrayModel && c.ColorModel != color.Gray16Model {
			return 3
		}
	}
	return 1
}

// read writes a picture's values, and says whether it was resized.
func (s size) read(path string, to []float32) (resized bool, err error) {
	if _, err := open(path); err != nil {
		return false, err
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	from, _, err := image.Decode(file)
	if err != nil {
		return false, err
	}
	if b := from.Bounds(); b.Dx() != s.width || b.Dy() != s.height {
		smaller := image.NewNRGBA(image.Rect(0, 0, s.width, s.height))
		draw.ApproxBiLinear.Scale(smaller, smaller.Bounds(), from, b, draw.Src, nil)
		from, resized = smaller, true
	}
	b := from.Bounds()
	for y := range s.height {
		for x := range s.width {
			c := color.NRGBAModel.Convert(from.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
			values := [4]float32{float32(c.R), float32(c.G), float32(c.B), float32(c.A)}
			if s.channels == 1 {
				values[0] = float32(math.Round(0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)))
			}
			for channel := range s.channels {
				at := (y*s.width+x)*s.channels + channel
				if s.channelsFirst {
					at = (channel*s.height+y)*s.width + x
				}
				to[at] = values[channel]
			}
		}
	}
	return resized, nil
}
