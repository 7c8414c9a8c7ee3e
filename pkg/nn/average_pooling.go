package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// AveragePooling1D is the mean under a window that slides over a sequence, each channel by itself, as Keras' AveragePooling1D.
// The mean is that of the values within the input: padding doesn't count.
//
// Shapes: x [batch, time, channels] → [batch, steps, channels]; channels come first with "channels_first".
type AveragePooling1D struct {
	Name       string `keras:"-"`                                              // empty: "average_pooling1d", "average_pooling1d_1", …
	PoolSize   []int  `keras:"pool_size,positional,required,from=1"`           // of the window in time
	Strides    []int  `keras:"strides,from=1"`                                 // how far it moves; nil: PoolSize
	Padding    string `keras:"padding,oneof=valid|same"`                       // empty: "valid", windows lie within the input; "same": they may reach beyond it, where nothing counts
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// AveragePooling2D is the mean under a window that slides over an image, each channel by itself, as Keras' AveragePooling2D.
// The mean is that of the values within the input: padding doesn't count.
//
// Shapes: x [batch, height, width, channels] → [batch, rows, columns, channels]; channels come first with "channels_first".
type AveragePooling2D struct {
	Name       string `keras:"-"`                                              // empty: "average_pooling2d", "average_pooling2d_1", …
	PoolSize   []int  `keras:"pool_size,positional,required,from=1"`           // of the window in height and width; one number: the same in both
	Strides    []int  `keras:"strides,from=1"`                                 // how far it moves; nil: PoolSize
	Padding    string `keras:"padding,oneof=valid|same"`                       // empty: "valid", windows lie within the input; "same": they may reach beyond it, where nothing counts
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// AveragePooling3D is the mean under a window that slides over a volume, each channel by itself, as Keras' AveragePooling3D.
// The mean is that of the values within the input: padding doesn't count.
//
// Shapes: x [batch, depth, height, width, channels] → [batch, …, channels]; channels come first with "channels_first".
type AveragePooling3D struct {
	Name       string `keras:"-"`                                              // empty: "average_pooling3d", "average_pooling3d_1", …
	PoolSize   []int  `keras:"pool_size,positional,required,from=1"`           // of the window in depth, height and width; one number: the same in all
	Strides    []int  `keras:"strides,from=1"`                                 // how far it moves; nil: PoolSize
	Padding    string `keras:"padding,oneof=valid|same"`                       // empty: "valid", windows lie within the input; "same": they may reach beyond it, where nothing counts
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(AveragePooling1D{})
	_ = layers.Add(AveragePooling2D{})
	_ = layers.Add(AveragePooling3D{})
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (p AveragePooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return pooling(p).apply("AveragePooling1D", 1, x, meanUnder)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (p AveragePooling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return pooling(p).apply("AveragePooling2D", 2, x, meanUnder)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (p AveragePooling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return pooling(p).apply("AveragePooling3D", 3, x, meanUnder)
}

// OutputShape has the extents of the places that the window has.
func (p AveragePooling1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := pooling(p).over("AveragePooling1D", 1, input)
	return out, err
}

// OutputShape has the extents of the places that the window has.
func (p AveragePooling2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := pooling(p).over("AveragePooling2D", 2, input)
	return out, err
}

// OutputShape has the extents of the places that the window has.
func (p AveragePooling3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := pooling(p).over("AveragePooling3D", 3, input)
	return out, err
}

// TorchSteps is nn.AvgPool1d.
func (p AveragePooling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return pooling(p).torchMean("AveragePooling1D", 1, inputs[0])
}

// TorchSteps is nn.AvgPool2d.
func (p AveragePooling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return pooling(p).torchMean("AveragePooling2D", 2, inputs[0])
}

// TorchSteps is nn.AvgPool3d.
func (p AveragePooling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return pooling(p).torchMean("AveragePooling3D", 3, inputs[0])
}
