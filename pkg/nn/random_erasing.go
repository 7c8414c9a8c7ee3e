package nn

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomErasing paints over a rectangle of some images in training, as Keras' RandomErasing.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomErasing struct {
	Name       string    `keras:"-"`                                              // empty: "random_erasing", "random_erasing_1", …
	Factor     []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest probability; nil: 0 to 1
	Scale      []float64 `keras:"scale,from=0,to=1"`                              // squares of the smallest and the largest share of a side; nil: 0.02 to 0.33
	FillValue  []float64 `keras:"fill_value"`                                     // one color; nil: drawn for each pixel from the normal distribution times the highest color
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomErasing{}, codec.Ignored("seed"), boxless, spread(0, "Factor", "Scale"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomErasing) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, scale := ranged("RandomErasing.Factor", r.Factor, 0, 1), ranged("RandomErasing.Scale", r.Scale, 0.02, 0.33)
	colors := from255("RandomErasing.ValueRange", r.ValueRange)
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		side := func(axis int) *graph.Node { // true within
			size := x.Shape().Dim(axis)
			length := graph.MulScalar(graph.Sqrt(d.each(scale[0], scale[1])), float64(size))
			start := graph.Mul(d.each(0, 1), graph.AddScalar(graph.Neg(length), float64(size)))
			at := graph.BroadcastToDims(graph.Iota(x.Graph(), shapes.Make(dtypes.Float32, 1, x.Shape().Dim(1), x.Shape().Dim(2), 1), axis), x.Shape().Dimensions...)
			return graph.LogicalAnd(graph.GreaterOrEqual(at, like(start, at)), graph.LessThan(at, like(graph.Add(start, length), at)))
		}
		box := graph.LogicalAnd(side(1), side(2))
		fill := r.fill(x, d, colors)
		return graph.Where(graph.LogicalAnd(box, like(d.happens(f[0], f[1]), x)), between(fill, colors), x)
	})
}

// OutputShape is the input's.
func (r RandomErasing) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomErasing) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

func (r RandomErasing) fill(x *graph.Node, d draws, colors []float64) *graph.Node {
	dims := x.Shape().Dimensions
	switch {
	case r.FillValue == nil:
		return graph.MulScalar(normal(x.Graph(), d.next(), dims), colors[1])
	case len(r.FillValue) == 1:
		return graph.MulScalar(graph.OnesLike(x), r.FillValue[0])
	}
	panic(fmt.Errorf("RandomErasing.FillValue is %v, must be one color", r.FillValue))
}
