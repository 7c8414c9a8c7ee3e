package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// GlobalMaxPooling1D is the largest value over time, as Keras' layer of that name.
//
// Shapes: x [batch, time, features] → [batch, features]; features before time with "channels_first".
type GlobalMaxPooling1D struct {
	Name       string `keras:"-"`                                              // empty: "global_max_pooling1d", "global_max_pooling1d_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	KeepDims   bool   `keras:"keepdims"`                                       // leaves the axes there with size 1
}

// GlobalMaxPooling2D is the largest value over all places of an image, as Keras' layer of that name.
//
// Shapes: x [batch, height, width, channels] → [batch, channels]; channels before height with "channels_first".
type GlobalMaxPooling2D struct {
	Name       string `keras:"-"`                                              // empty: "global_max_pooling2d", "global_max_pooling2d_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	KeepDims   bool   `keras:"keepdims"`                                       // leaves the axes there with size 1
}

// GlobalMaxPooling3D is the largest value over all places of a volume, as Keras' layer of that name.
//
// Shapes: x [batch, depth, height, width, channels] → [batch, channels]; channels before depth with "channels_first".
type GlobalMaxPooling3D struct {
	Name       string `keras:"-"`                                              // empty: "global_max_pooling3d", "global_max_pooling3d_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	KeepDims   bool   `keras:"keepdims"`                                       // leaves the axes there with size 1
}

var (
	_ = layers.Add(GlobalMaxPooling1D{})
	_ = layers.Add(GlobalMaxPooling2D{})
	_ = layers.Add(GlobalMaxPooling3D{})
)

// Apply adds the layer to the graph. It panics when x isn't of rank 3.
func (p GlobalMaxPooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return poolAll("GlobalMaxPooling1D", largestOf, x, 1, p.DataFormat, p.KeepDims)
}

// Apply adds the layer to the graph. It panics when x isn't of rank 4.
func (p GlobalMaxPooling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return poolAll("GlobalMaxPooling2D", largestOf, x, 2, p.DataFormat, p.KeepDims)
}

// Apply adds the layer to the graph. It panics when x isn't of rank 5.
func (p GlobalMaxPooling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return poolAll("GlobalMaxPooling3D", largestOf, x, 3, p.DataFormat, p.KeepDims)
}

// OutputShape is the input's without its extent.
func (p GlobalMaxPooling1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := poolingAll("GlobalMaxPooling1D", 1, p.DataFormat, p.KeepDims, input)
	return out, err
}

// OutputShape is the input's without its extent.
func (p GlobalMaxPooling2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := poolingAll("GlobalMaxPooling2D", 2, p.DataFormat, p.KeepDims, input)
	return out, err
}

// OutputShape is the input's without its extent.
func (p GlobalMaxPooling3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := poolingAll("GlobalMaxPooling3D", 3, p.DataFormat, p.KeepDims, input)
	return out, err
}

// largestOf is the largest value over the axes, NaN where one of them is, which XLA's loses on the CPU. Equal ones share
// the gradient, as in Keras.
func largestOf(x *graph.Node, axes ...int) *graph.Node {
	still := graph.StopGradient(x)
	largest := graph.ReduceAndKeep(still, graph.ReduceMax, axes...)
	is := graph.Or(graph.Equal(still, largest), graph.NotEqual(still, still))
	count := graph.ReduceSum(graph.ConvertDType(is, x.DType()), axes...)
	return graph.Div(graph.ReduceSum(graph.Where(is, x, graph.ZerosLike(x)), axes...), count)
}

// TorchSteps is amax over time.
func (p GlobalMaxPooling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchPoolAll("GlobalMaxPooling1D", "amax", 1, p.DataFormat, p.KeepDims, inputs[0])
}

// TorchSteps is amax over both axes.
func (p GlobalMaxPooling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchPoolAll("GlobalMaxPooling2D", "amax", 2, p.DataFormat, p.KeepDims, inputs[0])
}

// TorchSteps is amax over all three axes.
func (p GlobalMaxPooling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchPoolAll("GlobalMaxPooling3D", "amax", 3, p.DataFormat, p.KeepDims, inputs[0])
}
