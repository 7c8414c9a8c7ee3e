package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// CenterCrop cuts the middle out of images, as Keras' CenterCrop. Images that are too small are cut to the ratio of Height to Width and
// enlarged.
//
// Shapes: x [batch, height, width, channels] → [batch, Height, Width, channels]; channels come first with "channels_first".
type CenterCrop struct {
	Name       string `keras:"-"`                                              // empty: "center_crop", "center_crop_1", …
	Height     int    `keras:"height,positional,required,from=1"`              // rows of the output; must be positive
	Width      int    `keras:"width,positional,required,from=1"`               // columns of the output; must be positive
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var _ = layers.Add(CenterCrop{})

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c CenterCrop) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := c.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x, back := channelsToLast(asFloat(x), c.DataFormat)
	if x.Shape().Dim(1) >= c.Height && x.Shape().Dim(2) >= c.Width {
		return back(cropMiddle(x, c.Height, c.Width))
	}
	return back(resizeImages(cropToRatio(x, c.Height, c.Width), c.Height, c.Width, "bilinear", false))
}

// OutputShape is the input's with Height and Width.
func (c CenterCrop) OutputShape(input ...int) ([]int, error) {
	return sizedImages(c, c.DataFormat, c.Height, c.Width, input)
}

// TorchSteps is a slice, of images that are too small nn.functional.interpolate of one.
func (c CenterCrop) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	from, to := extentsOf(inputs[0], spatialOf(c.DataFormat, 2)), []int{c.Height, c.Width}
	if from[0] >= c.Height && from[1] >= c.Width {
		return torchResize(c, c.DataFormat, torchMiddle("{x}", from, c.Height, c.Width), to, to, "", false)
	}
	rows, columns := croppedToRatio(from[0], from[1], c.Height, c.Width)
	return torchResize(c, c.DataFormat, torchMiddle("{x}", from, rows, columns), []int{rows, columns}, to, "bilinear", false)
}
