package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// AdaptiveAveragePooling1D divides a sequence into OutputSize parts, which overlap where they must, and takes the mean of each, each
// channel by itself, as Keras' AdaptiveAveragePooling1D.
//
// Shapes: x [batch, time, channels] → [batch, OutputSize…, channels]; channels come first with "channels_first".
type AdaptiveAveragePooling1D struct {
	Name       string `keras:"-"`                                              // empty: "adaptive_average_pooling1d", "adaptive_average_pooling1d_1", …
	OutputSize []int  `keras:"output_size,positional,required,from=1"`         // how many parts of time
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// AdaptiveAveragePooling2D divides an image into OutputSize parts, which overlap where they must, and takes the mean of each, each
// channel by itself, as Keras' AdaptiveAveragePooling2D.
//
// Shapes: x [batch, height, width, channels] → [batch, OutputSize…, channels]; channels come first with "channels_first".
type AdaptiveAveragePooling2D struct {
	Name       string `keras:"-"`                                              // empty: "adaptive_average_pooling2d", "adaptive_average_pooling2d_1", …
	OutputSize []int  `keras:"output_size,positional,required,from=1"`         // how many parts of height and width; one number: the same of both
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// AdaptiveAveragePooling3D divides a volume into OutputSize parts, which overlap where they must, and takes the mean of each, each
// channel by itself, as Keras' AdaptiveAveragePooling3D.
//
// Shapes: x [batch, depth, height, width, channels] → [batch, OutputSize…, channels]; channels come first with "channels_first".
type AdaptiveAveragePooling3D struct {
	Name       string `keras:"-"`                                              // empty: "adaptive_average_pooling3d", "adaptive_average_pooling3d_1", …
	OutputSize []int  `keras:"output_size,positional,required,from=1"`         // how many parts of depth, height and width; one number: the same of all
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(AdaptiveAveragePooling1D{})
	_ = layers.Add(AdaptiveAveragePooling2D{})
	_ = layers.Add(AdaptiveAveragePooling3D{})
)

// Apply adds the layer to the graph. It panics when OutputSize makes no sense for x.
func (p AdaptiveAveragePooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return adaptive(p).apply("AdaptiveAveragePooling1D", 1, x, meanOf)
}

// Apply adds the layer to the graph. It panics when OutputSize makes no sense for x.
func (p AdaptiveAveragePooling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return adaptive(p).apply("AdaptiveAveragePooling2D", 2, x, meanOf)
}

// Apply adds the layer to the graph. It panics when OutputSize makes no sense for x.
func (p AdaptiveAveragePooling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return adaptive(p).apply("AdaptiveAveragePooling3D", 3, x, meanOf)
}

// OutputShape has OutputSize as its extents.
func (p AdaptiveAveragePooling1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := adaptive(p).sizes("AdaptiveAveragePooling1D", 1, input)
	return out, err
}

// OutputShape has OutputSize as its extents.
func (p AdaptiveAveragePooling2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := adaptive(p).sizes("AdaptiveAveragePooling2D", 2, input)
	return out, err
}

// OutputShape has OutputSize as its extents.
func (p AdaptiveAveragePooling3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := adaptive(p).sizes("AdaptiveAveragePooling3D", 3, input)
	return out, err
}

// TorchSteps is nn.AdaptiveAvgPool1d.
func (p AdaptiveAveragePooling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return adaptive(p).torchSteps("AdaptiveAveragePooling1D", "AdaptiveAvgPool", 1, inputs[0])
}

// TorchSteps is nn.AdaptiveAvgPool2d.
func (p AdaptiveAveragePooling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return adaptive(p).torchSteps("AdaptiveAveragePooling2D", "AdaptiveAvgPool", 2, inputs[0])
}

// TorchSteps is nn.AdaptiveAvgPool3d.
func (p AdaptiveAveragePooling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return adaptive(p).torchSteps("AdaptiveAveragePooling3D", "AdaptiveAvgPool", 3, inputs[0])
}
