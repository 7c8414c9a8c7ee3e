package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// AdaptiveMaxPooling1D divides a sequence into OutputSize parts, which overlap where they must, and takes the largest value of each, each
// channel by itself, as Keras' AdaptiveMaxPooling1D.
//
// Shapes: x [batch, time, channels] → [batch, OutputSize…, channels]; channels come first with "channels_first".
type AdaptiveMaxPooling1D struct {
	Name       string `keras:"-"`                                              // empty: "adaptive_max_pooling1d", "adaptive_max_pooling1d_1", …
	OutputSize []int  `keras:"output_size,positional,required,from=1"`         // how many parts of time
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// AdaptiveMaxPooling2D divides an image into OutputSize parts, which overlap where they must, and takes the largest value of each, each
// channel by itself, as Keras' AdaptiveMaxPooling2D.
//
// Shapes: x [batch, height, width, channels] → [batch, OutputSize…, channels]; channels come first with "channels_first".
type AdaptiveMaxPooling2D struct {
	Name       string `keras:"-"`                                              // empty: "adaptive_max_pooling2d", "adaptive_max_pooling2d_1", …
	OutputSize []int  `keras:"output_size,positional,required,from=1"`         // how many parts of height and width; one number: the same of both
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// AdaptiveMaxPooling3D divides a volume into OutputSize parts, which overlap where they must, and takes the largest value of each, each
// channel by itself, as Keras' AdaptiveMaxPooling3D.
//
// Shapes: x [batch, depth, height, width, channels] → [batch, OutputSize…, channels]; channels come first with "channels_first".
type AdaptiveMaxPooling3D struct {
	Name       string `keras:"-"`                                              // empty: "adaptive_max_pooling3d", "adaptive_max_pooling3d_1", …
	OutputSize []int  `keras:"output_size,positional,required,from=1"`         // how many parts of depth, height and width; one number: the same of all
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(AdaptiveMaxPooling1D{})
	_ = layers.Add(AdaptiveMaxPooling2D{})
	_ = layers.Add(AdaptiveMaxPooling3D{})
)

// Apply adds the layer to the graph. It panics when OutputSize makes no sense for x.
func (p AdaptiveMaxPooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return adaptive(p).apply("AdaptiveMaxPooling1D", 1, x, maxOf)
}

// Apply adds the layer to the graph. It panics when OutputSize makes no sense for x.
func (p AdaptiveMaxPooling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return adaptive(p).apply("AdaptiveMaxPooling2D", 2, x, maxOf)
}

// Apply adds the layer to the graph. It panics when OutputSize makes no sense for x.
func (p AdaptiveMaxPooling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return adaptive(p).apply("AdaptiveMaxPooling3D", 3, x, maxOf)
}

// OutputShape has OutputSize as its extents.
func (p AdaptiveMaxPooling1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := adaptive(p).sizes("AdaptiveMaxPooling1D", 1, input)
	return out, err
}

// OutputShape has OutputSize as its extents.
func (p AdaptiveMaxPooling2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := adaptive(p).sizes("AdaptiveMaxPooling2D", 2, input)
	return out, err
}

// OutputShape has OutputSize as its extents.
func (p AdaptiveMaxPooling3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := adaptive(p).sizes("AdaptiveMaxPooling3D", 3, input)
	return out, err
}

// TorchSteps is nn.AdaptiveMaxPool1d.
func (p AdaptiveMaxPooling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return adaptive(p).torchSteps("AdaptiveMaxPooling1D", "AdaptiveMaxPool", 1, inputs[0])
}

// TorchSteps is nn.AdaptiveMaxPool2d.
func (p AdaptiveMaxPooling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return adaptive(p).torchSteps("AdaptiveMaxPooling2D", "AdaptiveMaxPool", 2, inputs[0])
}

// TorchSteps is nn.AdaptiveMaxPool3d.
func (p AdaptiveMaxPooling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return adaptive(p).torchSteps("AdaptiveMaxPooling3D", "AdaptiveMaxPool", 3, inputs[0])
}
