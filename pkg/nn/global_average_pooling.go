package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// GlobalAveragePooling1D is the mean over time, as Keras' layer of that name.
//
// Shapes: x [batch, time, features] → [batch, features]; features before time with "channels_first".
type GlobalAveragePooling1D struct {
	Name       string `keras:"-"`                                              // empty: "global_average_pooling1d", "global_average_pooling1d_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	KeepDims   bool   `keras:"keepdims"`                                       // leaves the axes there with size 1
}

// GlobalAveragePooling2D is the mean over all places of an image, as Keras' layer of that name.
//
// Shapes: x [batch, height, width, channels] → [batch, channels]; channels before height with "channels_first".
type GlobalAveragePooling2D struct {
	Name       string `keras:"-"`                                              // empty: "global_average_pooling2d", "global_average_pooling2d_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	KeepDims   bool   `keras:"keepdims"`                                       // leaves the axes there with size 1
}

// GlobalAveragePooling3D is the mean over all places of a volume, as Keras' layer of that name.
//
// Shapes: x [batch, depth, height, width, channels] → [batch, channels]; channels before depth with "channels_first".
type GlobalAveragePooling3D struct {
	Name       string `keras:"-"`                                              // empty: "global_average_pooling3d", "global_average_pooling3d_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	KeepDims   bool   `keras:"keepdims"`                                       // leaves the axes there with size 1
}

var (
	_ = layers.Add(GlobalAveragePooling1D{})
	_ = layers.Add(GlobalAveragePooling2D{})
	_ = layers.Add(GlobalAveragePooling3D{})
)

// Apply adds the layer to the graph. It panics when x isn't of rank 3.
func (p GlobalAveragePooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if mask := MaskOf(x); mask != nil {
		return p.counted(asFloat(x), mask)
	}
	return poolAll("GlobalAveragePooling1D", graph.ReduceMean, x, 1, p.DataFormat, p.KeepDims)
}

// counted is the mean over the steps that count, NaN where none does.
func (p GlobalAveragePooling1D) counted(x, mask *graph.Node) *graph.Node {
	axes, out, err := poolingAll("GlobalAveragePooling1D", 1, p.DataFormat, p.KeepDims, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	features := 3 - axes[0] // the other one
	counts := graph.BroadcastToDims(graph.InsertAxes(mask, features), x.Shape().Dimensions...)
	zero := graph.ScalarZero(x.Graph(), x.DType())
	sum := graph.ReduceSum(graph.Where(counts, x, zero), axes...)
	n := graph.ReduceSum(graph.Where(counts, graph.OnesLike(x), zero), axes...)
	return graph.Reshape(graph.Div(sum, n), out...)
}

// Apply adds the layer to the graph. It panics when x isn't of rank 4.
func (p GlobalAveragePooling2D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return poolAll("GlobalAveragePooling2D", graph.ReduceMean, x, 2, p.DataFormat, p.KeepDims)
}

// Apply adds the layer to the graph. It panics when x isn't of rank 5.
func (p GlobalAveragePooling3D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return poolAll("GlobalAveragePooling3D", graph.ReduceMean, x, 3, p.DataFormat, p.KeepDims)
}

// OutputShape is the input's without its extent.
func (p GlobalAveragePooling1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := poolingAll("GlobalAveragePooling1D", 1, p.DataFormat, p.KeepDims, input)
	return out, err
}

// OutputShape is the input's without its extent.
func (p GlobalAveragePooling2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := poolingAll("GlobalAveragePooling2D", 2, p.DataFormat, p.KeepDims, input)
	return out, err
}

// OutputShape is the input's without its extent.
func (p GlobalAveragePooling3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := poolingAll("GlobalAveragePooling3D", 3, p.DataFormat, p.KeepDims, input)
	return out, err
}

// TorchSteps is mean over time.
func (p GlobalAveragePooling1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchPoolAll("GlobalAveragePooling1D", "mean", 1, p.DataFormat, p.KeepDims, inputs[0])
}

// TorchSteps is mean over both axes.
func (p GlobalAveragePooling2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchPoolAll("GlobalAveragePooling2D", "mean", 2, p.DataFormat, p.KeepDims, inputs[0])
}

// TorchSteps is mean over all three axes.
func (p GlobalAveragePooling3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchPoolAll("GlobalAveragePooling3D", "mean", 3, p.DataFormat, p.KeepDims, inputs[0])
}

// torchMasked is the mean over the steps that count.
func (p GlobalAveragePooling1D) torchMasked([][]int, []bool) ([]TorchStep, error) {
	axis, mask := "1", "{mask0}[:, :, None]"
	if p.DataFormat == channelsFirst {
		axis, mask = "2", "{mask0}[:, None]"
	}
	count := "{mask0}.sum(1, keepdim=True)"
	if p.KeepDims {
		axis, count = axis+", keepdim=True", "{mask0}.sum(1)[:, None, None]"
	}
	return []TorchStep{{Forward: fmt.Sprintf("({x} * %s).sum(%s) / %s", mask, axis, count)}}, nil
}
