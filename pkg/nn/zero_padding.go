package nn

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ZeroPadding1D puts zeros at both ends of a sequence, as Keras' ZeroPadding1D.
//
// Shapes: x [batch, time, features] → [batch, time + before + after, features].
type ZeroPadding1D struct {
	Name       string `keras:"-"`                                              // empty: "zero_padding1d", "zero_padding1d_1", …
	Padding    []int  `keras:"padding,pairs,from=0"`                           // how many are put before and after; one number: as many everywhere; nil: 1
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"; or "channels_first", [batch, features, time]
}

// ZeroPadding2D puts zeros at both ends of each extent of an image, as Keras' ZeroPadding2D.
//
// Shapes: x [batch, height, width, channels] → the same but for height and width; channels come first with "channels_first".
type ZeroPadding2D struct {
	Name       string `keras:"-"`                                              // empty: "zero_padding2d", "zero_padding2d_1", …
	Padding    []int  `keras:"padding,pairs,from=0"`                           // how many are put before and after in height, then in width; one number: as many everywhere; nil: 1
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// ZeroPadding3D puts zeros at both ends of each extent of a volume, as Keras' ZeroPadding3D.
//
// Shapes: x [batch, depth, height, width, channels] → the same but for all three extents; channels come first with "channels_first".
type ZeroPadding3D struct {
	Name       string `keras:"-"`                                              // empty: "zero_padding3d", "zero_padding3d_1", …
	Padding    []int  `keras:"padding,pairs,from=0"`                           // how many are put before and after in depth, in height, in width; one number: as many everywhere; nil: 1
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(ZeroPadding1D{})
	_ = layers.Add(ZeroPadding2D{})
	_ = layers.Add(ZeroPadding3D{})
)

// Apply adds the layer to the graph. It panics when Padding makes no sense for x.
func (l ZeroPadding1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return zeroPad("ZeroPadding1D", x, l.Padding, 1, l.DataFormat, 1)
}

// Apply adds the layer to the graph. It panics when Padding makes no sense for x.
func (l ZeroPadding2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return zeroPad("ZeroPadding2D", x, l.Padding, 2, l.DataFormat, 1)
}

// Apply adds the layer to the graph. It panics when Padding makes no sense for x.
func (l ZeroPadding3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return zeroPad("ZeroPadding3D", x, l.Padding, 3, l.DataFormat, 1)
}

// OutputShape is the input's, padded.
func (l ZeroPadding1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := padding("ZeroPadding1D", l.Padding, 1, l.DataFormat, 1, input)
	return out, err
}

// OutputShape is the input's, padded.
func (l ZeroPadding2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := padding("ZeroPadding2D", l.Padding, 2, l.DataFormat, 1, input)
	return out, err
}

// OutputShape is the input's, padded.
func (l ZeroPadding3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := padding("ZeroPadding3D", l.Padding, 3, l.DataFormat, 1, input)
	return out, err
}

// TorchSteps is nn.functional.pad.
func (l ZeroPadding1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	put, _, err := padding("ZeroPadding1D", l.Padding, 1, l.DataFormat, 1, inputs[0])
	return torchAround(inputs[0], put, l.DataFormat, torchPut), err
}

// TorchSteps is nn.functional.pad.
func (l ZeroPadding2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	put, _, err := padding("ZeroPadding2D", l.Padding, 2, l.DataFormat, 1, inputs[0])
	return torchAround(inputs[0], put, l.DataFormat, torchPut), err
}

// TorchSteps is nn.functional.pad.
func (l ZeroPadding3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	put, _, err := padding("ZeroPadding3D", l.Padding, 3, l.DataFormat, 1, inputs[0])
	return torchAround(inputs[0], put, l.DataFormat, torchPut), err
}

// padding is what is put at each axis, before and after, and the shape that comes of it.
func padding(layer string, given []int, n int, format string, fallback int, input []int) (put [][2]int, out []int, err error) {
	axes, err := spatialAxes(layer, format, n, input)
	if err != nil {
		return nil, nil, err
	}
	all, err := amounts(layer+".Padding", given, 2*n, 0, fallback)
	if err != nil {
		return nil, nil, err
	}
	put, out = make([][2]int, len(input)), slices.Clone(input)
	for i, a := range axes {
		put[a] = [2]int{all[2*i], all[2*i+1]}
		out[a] += all[2*i] + all[2*i+1]
	}
	return put, out, nil
}

func zeroPad(layer string, x *graph.Node, given []int, n int, format string, fallback int) *graph.Node {
	put, _, err := padding(layer, given, n, format, fallback, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	for a, ends := range put {
		x = padAxis(x, a, ends[0], ends[1], 0)
	}
	return x
}
