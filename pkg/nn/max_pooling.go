package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// MaxPooling1D is the largest value under a window that slides over a sequence, each channel by itself, as Keras' MaxPooling1D.
// Where several are the largest, the gradient goes to the first.
//
// Shapes: x [batch, time, channels] → [batch, steps, channels]; channels come first with "channels_first".
type MaxPooling1D struct {
	Name       string `keras:"-"`                                              // empty: "max_pooling1d", "max_pooling1d_1", …
	PoolSize   []int  `keras:"pool_size,default=2,from=1"`                     // of the window in time; nil: 2
	Strides    []int  `keras:"strides,from=1"`                                 // how far it moves; nil: PoolSize
	Padding    string `keras:"padding,oneof=valid|same"`                       // empty: "valid", windows lie within the input; "same": they may reach beyond it, where nothing counts
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// MaxPooling2D is the largest value under a window that slides over an image, each channel by itself, as Keras' MaxPooling2D.
// Where several are the largest, the gradient goes to the first.
//
// Shapes: x [batch, height, width, channels] → [batch, rows, columns, channels]; channels come first with "channels_first".
type MaxPooling2D struct {
	Name       string `keras:"-"`                                              // empty: "max_pooling2d", "max_pooling2d_1", …
	PoolSize   []int  `keras:"pool_size,default=2,from=1"`                     // of the window in height and width; one number: the same in both; nil: 2
	Strides    []int  `keras:"strides,from=1"`                                 // how far it moves; nil: PoolSize
	Padding    string `keras:"padding,oneof=valid|same"`                       // empty: "valid", windows lie within the input; "same": they may reach beyond it, where nothing counts
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

// MaxPooling3D is the largest value under a window that slides over a volume, each channel by itself, as Keras' MaxPooling3D.
// Where several are the largest, the gradient goes to the first.
//
// Shapes: x [batch, depth, height, width, channels] → [batch, …, channels]; channels come first with "channels_first".
type MaxPooling3D struct {
	Name       string `keras:"-"`                                              // empty: "max_pooling3d", "max_pooling3d_1", …
	PoolSize   []int  `keras:"pool_size,default=2,from=1"`                     // of the window in depth, height and width; one number: the same in all; nil: 2
	Strides    []int  `keras:"strides,from=1"`                                 // how far it moves; nil: PoolSize
	Padding    string `keras:"padding,oneof=valid|same"`                       // empty: "valid", windows lie within the input; "same": they may reach beyond it, where nothing counts
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var (
	_ = layers.Add(MaxPooling1D{})
	_ = layers.Add(MaxPooling2D{})
	_ = layers.Add(MaxPooling3D{})
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (p MaxPooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return pooling(p).orTwo().apply("MaxPooling1D", 1, x, maxUnder)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (p MaxPooling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return pooling(p).orTwo().apply("MaxPooling2D", 2, x, maxUnder)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (p MaxPooling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return pooling(p).orTwo().apply("MaxPooling3D", 3, x, maxUnder)
}

// OutputShape has the extents of the places that the window has.
func (p MaxPooling1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := pooling(p).orTwo().over("MaxPooling1D", 1, input)
	return out, err
}

// OutputShape has the extents of the places that the window has.
func (p MaxPooling2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := pooling(p).orTwo().over("MaxPooling2D", 2, input)
	return out, err
}

// OutputShape has the extents of the places that the window has.
func (p MaxPooling3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := pooling(p).orTwo().over("MaxPooling3D", 3, input)
	return out, err
}

// TorchSteps is nn.MaxPool1d.
func (p MaxPooling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return pooling(p).orTwo().torchMax("MaxPooling1D", 1, inputs[0])
}

// TorchSteps is nn.MaxPool2d.
func (p MaxPooling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return pooling(p).orTwo().torchMax("MaxPooling2D", 2, inputs[0])
}

// TorchSteps is nn.MaxPool3d.
func (p MaxPooling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return pooling(p).orTwo().torchMax("MaxPooling3D", 3, inputs[0])
}
