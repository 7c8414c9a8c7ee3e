package nn

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomCrop cuts a window out of images in training, at one place drawn for the whole batch, as Keras' RandomCrop. Images that
// aren't both higher and wider are cut around the middle and resized.
//
// In inference images stay as they are, whatever their size, which is what Keras 3.15 does and not what its documentation says:
// layers behind it that need one size, a Dense behind a Flatten, fail then unless images have that size already.
//
// Shapes: x [batch, height, width, channels] → in training [batch, Height, Width, channels]; channels come first with
// "channels_first".
type RandomCrop struct {
	Name       string `keras:"-"`                                              // empty: "random_crop", "random_crop_1", …
	Height     int    `keras:"height,positional,required,from=1"`              // rows of the output; must be positive
	Width      int    `keras:"width,positional,required,from=1"`               // columns of the output; must be positive
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomCrop{}, codec.Ignored("seed"), boxless)

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomCrop) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		high, wide := x.Shape().Dim(1), x.Shape().Dim(2)
		if high > r.Height && wide > r.Width {
			return d.window(d.window(x, 1, r.Height), 2, r.Width)
		}
		rows, columns := croppedToRatio(high, wide, r.Height, r.Width)
		part := func(axis, size, inner, want int) {
			start := (size - inner) / 2
			x = graph.SliceAxis(x, axis, graph.AxisRange(start, min(size, start+want)))
		}
		part(1, high, rows, r.Height)
		part(2, wide, columns, r.Width)
		return resizeImages(x, r.Height, r.Width, "bilinear", false)
	})
}

// window is so many places of an axis, from one on that is drawn for all images.
func (d draws) window(x *graph.Node, axis, size int) *graph.Node {
	places := float64(x.Shape().Dim(axis) - size + 1)
	start := graph.ConvertDType(graph.Floor(graph.MulScalar(d.once(0, 1), places)), dtypes.Int32)
	at := graph.Add(graph.Iota(x.Graph(), shapes.Make(dtypes.Int32, size, 1), 0), graph.BroadcastToDims(start, size, 1))
	return graph.Transpose(graph.Gather(graph.Transpose(x, 0, axis), at), 0, axis)
}

// OutputShape is the input's with Height and Width.
func (r RandomCrop) OutputShape(input ...int) ([]int, error) {
	return sizedImages(r, r.DataFormat, r.Height, r.Width, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomCrop) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := r.OutputShape(inputs[0]...); err != nil {
		return nil, err
	}
	return torchAugment(r)
}
