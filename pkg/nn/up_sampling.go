package nn

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// UpSampling1D repeats each step of a sequence, as Keras' UpSampling1D.
//
// Shapes: x [batch, time, features] → [batch, time·Size, features].
type UpSampling1D struct {
	Name string `keras:"-"`                     // empty: "up_sampling1d", "up_sampling1d_1", …
	Size []int  `keras:"size,default=2,from=1"` // how often each value is repeated; one number: as often everywhere; nil: 2
}

// UpSampling2D repeats the values of an image, or interpolates between them, as Keras' UpSampling2D.
//
// Shapes: x [batch, height, width, channels] → [batch, height·Size, width·Size, channels]; channels come first with "channels_first".
type UpSampling2D struct {
	Name          string `keras:"-"`                                                              // empty: "up_sampling2d", "up_sampling2d_1", …
	Size          []int  `keras:"size,default=2,from=1"`                                          // how often each value is repeated in height and in width; one number: as often everywhere; nil: 2
	DataFormat    string `keras:"data_format,oneof=channels_last|channels_first"`                 // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	Interpolation string `keras:"interpolation,oneof=nearest|bilinear|bicubic|lanczos3|lanczos5"` // empty: "nearest"
}

// UpSampling3D repeats the values of a volume, as Keras' UpSampling3D with the nearest value.
//
// Shapes: x [batch, depth, height, width, channels] → the same with longer extents; channels come first with "channels_first".
type UpSampling3D struct {
	Name       string `keras:"-"`                                              // empty: "up_sampling3d", "up_sampling3d_1", …
	Size       []int  `keras:"size,default=2,from=1"`                          // how often each value is repeated in depth, height and width; one number: as often everywhere; nil: 2
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(UpSampling1D{})
	_ = layers.Add(UpSampling2D{})
	_ = layers.Add(UpSampling3D{})
)

// Apply adds the layer to the graph. It panics when Size makes no sense for x.
func (l UpSampling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return upSample("UpSampling1D", x, l.Size, 1, "")
}

// Apply adds the layer to the graph. It panics when Size makes no sense for x.
func (l UpSampling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := l.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	if l.Interpolation == "" || l.Interpolation == "nearest" {
		return upSample("UpSampling2D", x, l.Size, 2, l.DataFormat)
	}
	sizes, _ := amounts("UpSampling2D.Size", l.Size, 2, 1, 2) // checked by OutputShape
	x, back := channelsToLast(asFloat(x), l.DataFormat)
	return back(resizeImages(x, x.Shape().Dim(1)*sizes[0], x.Shape().Dim(2)*sizes[1], l.Interpolation, false))
}

// Apply adds the layer to the graph. It panics when Size makes no sense for x.
func (l UpSampling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return upSample("UpSampling3D", x, l.Size, 3, l.DataFormat)
}

// OutputShape is the input's with its extents times Size.
func (l UpSampling1D) OutputShape(input ...int) ([]int, error) {
	times, err := upSampling("UpSampling1D", l.Size, 1, "", input)
	out := slices.Clone(input)
	for a, t := range times {
		out[a] *= t
	}
	return out, err
}

// OutputShape is the input's with its extents times Size.
func (l UpSampling2D) OutputShape(input ...int) ([]int, error) {
	if err := codec.Check(l); err != nil {
		return nil, err
	}
	times, err := upSampling("UpSampling2D", l.Size, 2, l.DataFormat, input)
	out := slices.Clone(input)
	for a, t := range times {
		out[a] *= t
	}
	return out, err
}

// TorchSteps is nn.Upsample, or what interpolates between the values.
func (l UpSampling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if l.Interpolation == "" || l.Interpolation == "nearest" {
		return torchUpSample("UpSampling2D", l.Size, 2, l.DataFormat, inputs[0])
	}
	out, err := l.OutputShape(inputs[0]...)
	if err != nil {
		return nil, err
	}
	axes := spatialOf(l.DataFormat, 2)
	return torchResize(l, l.DataFormat, "{x}", extentsOf(inputs[0], axes), extentsOf(out, axes), l.Interpolation, false)
}

// OutputShape is the input's with its extents times Size.
func (l UpSampling3D) OutputShape(input ...int) ([]int, error) {
	times, err := upSampling("UpSampling3D", l.Size, 3, l.DataFormat, input)
	out := slices.Clone(input)
	for a, t := range times {
		out[a] *= t
	}
	return out, err
}

// TorchSteps is nn.Upsample.
func (l UpSampling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchUpSample("UpSampling1D", l.Size, 1, "", inputs[0])
}

// TorchSteps is nn.Upsample.
func (l UpSampling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchUpSample("UpSampling3D", l.Size, 3, l.DataFormat, inputs[0])
}

// upSampling is how often the values of each axis are repeated.
func upSampling(layer string, given []int, n int, format string, input []int) ([]int, error) {
	axes, err := spatialAxes(layer, format, n, input)
	if err != nil {
		return nil, err
	}
	sizes, err := amounts(layer+".Size", given, n, 1, 2)
	if err != nil {
		return nil, err
	}
	times := slices.Repeat([]int{1}, len(input))
	for i, a := range axes {
		times[a] = sizes[i]
	}
	return times, nil
}

func upSample(layer string, x *graph.Node, given []int, n int, format string) *graph.Node {
	times, err := upSampling(layer, given, n, format, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	for a, t := range times {
		if t == 1 {
			continue
		}
		dims := slices.Clone(x.Shape().Dimensions)
		repeated := slices.Insert(slices.Clone(dims), a+1, t)
		x = graph.BroadcastToDims(graph.Reshape(x, slices.Insert(slices.Clone(dims), a+1, 1)...), repeated...)
		dims[a] *= t
		x = graph.Reshape(x, dims...)
	}
	return x
}

func torchUpSample(layer string, given []int, n int, format string, input []int) ([]TorchStep, error) {
	if _, err := upSampling(layer, given, n, format, input); err != nil {
		return nil, err
	}
	sizes, err := amounts(layer+".Size", given, n, 1, 2)
	steps, _ := torchModule("Upsample", "scale_factor="+torchSizes(sizes))
	steps[0].Layout = torchFormat(format)
	return steps, err
}
