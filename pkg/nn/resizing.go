package nn

import (
	"errors"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Resizing brings images to one height and width, as Keras' Resizing.
//
// Shapes: x [batch, height, width, channels] → [batch, Height, Width, channels]; channels come first with "channels_first".
type Resizing struct {
	Name              string  `keras:"-"`                                                              // empty: "resizing", "resizing_1", …
	Height            int     `keras:"height,positional,required,from=1"`                              // rows of the output; must be positive
	Width             int     `keras:"width,positional,required,from=1"`                               // columns of the output; must be positive
	Interpolation     string  `keras:"interpolation,oneof=bilinear|nearest|bicubic|lanczos3|lanczos5"` // empty: "bilinear"
	CropToAspectRatio bool    `keras:"crop_to_aspect_ratio"`                                           // cuts around the middle first, so that nothing is stretched
	PadToAspectRatio  bool    `keras:"pad_to_aspect_ratio"`                                            // puts FillValue around first, so that nothing is stretched; not together with CropToAspectRatio
	FillValue         float64 `keras:"fill_value"`                                                     // what PadToAspectRatio puts around
	Antialias         bool    `keras:"antialias"`                                                      // smooths what is made smaller first
	DataFormat        string  `keras:"data_format,oneof=channels_last|channels_first"`                 // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var _ = layers.Add(Resizing{}, codec.Only("fill_mode", "constant"))

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (r Resizing) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := r.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x, back := channelsToLast(asFloat(x), r.DataFormat)
	switch {
	case r.CropToAspectRatio:
		x = cropToRatio(x, r.Height, r.Width)
	case r.PadToAspectRatio:
		x = padToRatio(x, r.Height, r.Width, r.FillValue)
	}
	interpolation := r.Interpolation
	if interpolation == "" {
		interpolation = "bilinear"
	}
	return back(resizeImages(x, r.Height, r.Width, interpolation, r.Antialias))
}

// OutputShape is the input's with Height and Width.
func (r Resizing) OutputShape(input ...int) ([]int, error) {
	if r.CropToAspectRatio && r.PadToAspectRatio {
		return nil, errors.New("Resizing has CropToAspectRatio and PadToAspectRatio, one of them must be false")
	}
	return sizedImages(r, r.DataFormat, r.Height, r.Width, input)
}

// TorchSteps is nn.functional.interpolate, behind what is cut off or put around.
func (r Resizing) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	from := extentsOf(inputs[0], spatialOf(r.DataFormat, 2))
	images := "{x}"
	switch {
	case r.CropToAspectRatio:
		rows, columns := croppedToRatio(from[0], from[1], r.Height, r.Width)
		images, from = torchMiddle(images, from, rows, columns), []int{rows, columns}
	case r.PadToAspectRatio:
		rows, columns := paddedToRatio(from[0], from[1], r.Height, r.Width)
		images = torchPad(images, [][2]int{{rows, rows}, {columns, columns}}, torchArgument("value", r.FillValue, 0)...)
		from = []int{from[0] + 2*rows, from[1] + 2*columns}
	}
	interpolation := r.Interpolation
	if interpolation == "" {
		interpolation = "bilinear"
	}
	return torchResize(r, r.DataFormat, images, from, []int{r.Height, r.Width}, interpolation, r.Antialias)
}
