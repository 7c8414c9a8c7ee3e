package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Cropping1D cuts values off both ends of a sequence, as Keras' Cropping1D.
//
// Shapes: x [batch, time, features] → [batch, time − before − after, features].
type Cropping1D struct {
	Name     string `keras:"-"`                     // empty: "cropping1d", "cropping1d_1", …
	Cropping []int  `keras:"cropping,pairs,from=0"` // how many are cut off before and after; one number: as many everywhere; nil: 1
}

// Cropping2D cuts values off both ends of each extent of an image, as Keras' Cropping2D.
//
// Shapes: x [batch, height, width, channels] → the same but for height and width; channels come first with "channels_first".
type Cropping2D struct {
	Name       string `keras:"-"`                                              // empty: "cropping2d", "cropping2d_1", …
	Cropping   []int  `keras:"cropping,pairs,from=0"`                          // how many are cut off before and after in height, then in width; one number: as many everywhere; nil: 0
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// Cropping3D cuts values off both ends of each extent of a volume, as Keras' Cropping3D.
//
// Shapes: x [batch, depth, height, width, channels] → the same but for all three extents; channels come first with "channels_first".
type Cropping3D struct {
	Name       string `keras:"-"`                                              // empty: "cropping3d", "cropping3d_1", …
	Cropping   []int  `keras:"cropping,pairs,from=0"`                          // how many are cut off before and after in depth, in height, in width; one number: as many everywhere; nil: 1
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(Cropping1D{})
	_ = layers.Add(Cropping2D{})
	_ = layers.Add(Cropping3D{})
)

// Apply adds the layer to the graph. It panics when Cropping makes no sense for x.
func (l Cropping1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return crop("Cropping1D", x, l.Cropping, 1, "", 1)
}

// Apply adds the layer to the graph. It panics when Cropping makes no sense for x.
func (l Cropping2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return crop("Cropping2D", x, l.Cropping, 2, l.DataFormat, 0)
}

// Apply adds the layer to the graph. It panics when Cropping makes no sense for x.
func (l Cropping3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return crop("Cropping3D", x, l.Cropping, 3, l.DataFormat, 1)
}

// OutputShape is the input's, cropped.
func (l Cropping1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := cropping("Cropping1D", l.Cropping, 1, "", 1, input)
	return out, err
}

// OutputShape is the input's, cropped.
func (l Cropping2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := cropping("Cropping2D", l.Cropping, 2, l.DataFormat, 0, input)
	return out, err
}

// OutputShape is the input's, cropped.
func (l Cropping3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := cropping("Cropping3D", l.Cropping, 3, l.DataFormat, 1, input)
	return out, err
}

// TorchSteps is a slice.
func (l Cropping1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	cut, _, err := cropping("Cropping1D", l.Cropping, 1, "", 1, inputs[0])
	return torchAround(inputs[0], cut, "", torchCut), err
}

// TorchSteps is a slice.
func (l Cropping2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	cut, _, err := cropping("Cropping2D", l.Cropping, 2, l.DataFormat, 0, inputs[0])
	return torchAround(inputs[0], cut, l.DataFormat, torchCut), err
}

// TorchSteps is a slice.
func (l Cropping3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	cut, _, err := cropping("Cropping3D", l.Cropping, 3, l.DataFormat, 1, inputs[0])
	return torchAround(inputs[0], cut, l.DataFormat, torchCut), err
}

// cropping is what is cut off each axis, before and after, and the shape that is left.
func cropping(layer string, given []int, n int, format string, fallback int, input []int) (cut [][2]int, out []int, err error) {
	axes, err := spatialAxes(layer, format, n, input)
	if err != nil {
		return nil, nil, err
	}
	all, err := amounts(layer+".Cropping", given, 2*n, 0, fallback)
	if err != nil {
		return nil, nil, err
	}
	cut, out = make([][2]int, len(input)), slices.Clone(input)
	for i, a := range axes {
		cut[a] = [2]int{all[2*i], all[2*i+1]}
		out[a] -= all[2*i] + all[2*i+1]
		if out[a] < 1 {
			return nil, nil, fmt.Errorf("%s.Cropping is %v, which leaves nothing of an input of shape %v", layer, all, input)
		}
	}
	return cut, out, nil
}

func crop(layer string, x *graph.Node, given []int, n int, format string, fallback int) *graph.Node {
	cut, _, err := cropping(layer, given, n, format, fallback, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	ranges := make([]graph.SliceAxisSpec, x.Rank())
	for a := range ranges {
		ranges[a] = graph.AxisRange(cut[a][0], x.Shape().Dim(a)-cut[a][1])
	}
	return graph.Slice(x, ranges...)
}
