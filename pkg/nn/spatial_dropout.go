package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// SpatialDropout1D is a [Dropout] of whole features: what is dropped of a row is so at all times. As Keras'
// SpatialDropout1D. Tompson et al. 2015.
//
// Shapes: x [batch, time, features] → the same.
type SpatialDropout1D struct {
	Name string  `keras:"-"`                                       // empty: "spatial_dropout1d", "spatial_dropout1d_1", …
	Rate float64 `keras:"rate,positional,required,from=0,below=1"` // share that is dropped: from 0, which drops nothing, to below 1
}

// SpatialDropout2D is a [Dropout] of whole channels of an image, as Keras' SpatialDropout2D.
//
// Shapes: x [batch, height, width, channels] → the same; channels before height with "channels_first".
type SpatialDropout2D struct {
	Name       string  `keras:"-"`                                              // empty: "spatial_dropout2d", "spatial_dropout2d_1", …
	Rate       float64 `keras:"rate,positional,required,from=0,below=1"`        // share that is dropped: from 0, which drops nothing, to below 1
	DataFormat string  `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

// SpatialDropout3D is a [Dropout] of whole channels of a volume, as Keras' SpatialDropout3D.
//
// Shapes: x [batch, depth, height, width, channels] → the same; channels before depth with "channels_first".
type SpatialDropout3D struct {
	Name       string  `keras:"-"`                                              // empty: "spatial_dropout3d", "spatial_dropout3d_1", …
	Rate       float64 `keras:"rate,positional,required,from=0,below=1"`        // share that is dropped: from 0, which drops nothing, to below 1
	DataFormat string  `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var (
	_ = layers.Add(SpatialDropout1D{}, codec.Ignored("seed"))
	_ = layers.Add(SpatialDropout2D{}, codec.Ignored("seed"))
	_ = layers.Add(SpatialDropout3D{}, codec.Ignored("seed"))
)

// Apply adds the layer to the graph. It panics when Rate is outside [0, 1) or x isn't of rank 3.
func (d SpatialDropout1D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return spatialDropout("SpatialDropout1D", scope, x, d.Rate, "", 1)
}

// Apply adds the layer to the graph. It panics when Rate is outside [0, 1) or x isn't of rank 4.
func (d SpatialDropout2D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return spatialDropout("SpatialDropout2D", scope, x, d.Rate, d.DataFormat, 2)
}

// Apply adds the layer to the graph. It panics when Rate is outside [0, 1) or x isn't of rank 5.
func (d SpatialDropout3D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return spatialDropout("SpatialDropout3D", scope, x, d.Rate, d.DataFormat, 3)
}

// OutputShape is the input's.
func (SpatialDropout1D) OutputShape(input ...int) ([]int, error) {
	_, err := spatialAxes("SpatialDropout1D", "", 1, input)
	return input, err
}

// OutputShape is the input's.
func (d SpatialDropout2D) OutputShape(input ...int) ([]int, error) {
	_, err := spatialAxes("SpatialDropout2D", d.DataFormat, 2, input)
	return input, err
}

// OutputShape is the input's.
func (d SpatialDropout3D) OutputShape(input ...int) ([]int, error) {
	_, err := spatialAxes("SpatialDropout3D", d.DataFormat, 3, input)
	return input, err
}

// TorchSteps is nn.Dropout1d.
func (d SpatialDropout1D) TorchSteps([][]int) ([]TorchStep, error) {
	return torchSpatialDropout(1, d.Rate, "")
}

// TorchSteps is nn.Dropout2d.
func (d SpatialDropout2D) TorchSteps([][]int) ([]TorchStep, error) {
	return torchSpatialDropout(2, d.Rate, d.DataFormat)
}

// TorchSteps is nn.Dropout3d.
func (d SpatialDropout3D) TorchSteps([][]int) ([]TorchStep, error) {
	return torchSpatialDropout(3, d.Rate, d.DataFormat)
}

func spatialDropout(layer string, scope *model.Scope, x *graph.Node, rate float64, format string, n int) *graph.Node {
	mustBeRate(layer, rate)
	axes, err := spatialAxes(layer, format, n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	if rate == 0 {
		return x
	}
	key := drawKey(scope, x.Graph())
	if key == nil {
		return x
	}
	dims := slices.Clone(x.Shape().Dimensions)
	for _, a := range axes {
		dims[a] = 1
	}
	return dropped(x, key, rate, dims)
}

func torchSpatialDropout(n int, rate float64, format string) ([]TorchStep, error) {
	steps, err := torchModule(fmt.Sprintf("Dropout%dd", n), codec.PythonFloat(rate))
	steps[0].Layout = torchFormat(format)
	return steps, err
}
