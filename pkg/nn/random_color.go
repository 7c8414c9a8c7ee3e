package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomContrast brings colors nearer to the mean of their channel or farther from it in training, as Keras' RandomContrast: the
// distance is multiplied by a number from 1 − the first of Factor to 1 + the second.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomContrast struct {
	Name       string    `keras:"-"`                                              // empty: "random_contrast", "random_contrast_1", …
	Factor     []float64 `keras:"factor,positional,required,from=0,to=1"`         // not negative
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomContrast{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomContrast) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r RandomContrast) change() imageChange {
	f, colors := ranged("RandomContrast.Factor", r.Factor), from255("RandomContrast.ValueRange", r.ValueRange)
	return func(x *graph.Node, d draws) *graph.Node {
		return r.adjust(x, d.each(1-f[0], 1+f[1]), colors)
	}
}

// OutputShape is the input's.
func (r RandomContrast) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomContrast) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

func (RandomContrast) adjust(x, factor *graph.Node, colors []float64) *graph.Node {
	mean := graph.BroadcastToDims(graph.ReduceAndKeep(x, graph.ReduceMean, 1, 2), x.Shape().Dimensions...)
	return between(graph.Add(graph.Mul(graph.Sub(x, mean), like(factor, x)), mean), colors)
}

// RandomBrightness adds a number to all colors of an image in training, as Keras' RandomBrightness.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomBrightness struct {
	Name       string    `keras:"-"`                                              // empty: "random_brightness", "random_brightness_1", …
	Factor     []float64 `keras:"factor,positional,required,from=-1,to=1"`        // smallest and largest share of the range of colors that is added
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomBrightness{}, codec.Ignored("seed"), boxless, spread(-1, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomBrightness) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r RandomBrightness) change() imageChange {
	f, colors := ranged("RandomBrightness.Factor", r.Factor), from255("RandomBrightness.ValueRange", r.ValueRange)
	return func(x *graph.Node, d draws) *graph.Node {
		return r.adjust(x, d.each(f[0], f[1]), colors)
	}
}

// OutputShape is the input's.
func (r RandomBrightness) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomBrightness) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

func (RandomBrightness) adjust(x, factor *graph.Node, colors []float64) *graph.Node {
	return between(graph.Add(x, like(graph.MulScalar(factor, colors[1]-colors[0]), x)), colors)
}

// RandomInvert takes some images' colors from the highest in training, as Keras' RandomInvert.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomInvert struct {
	Name       string    `keras:"-"`                                              // empty: "random_invert", "random_invert_1", …
	Factor     []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest probability; nil: 0 to 1
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomInvert{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomInvert) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f := ranged("RandomInvert.Factor", r.Factor, 0, 1)
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		colors := from255("RandomInvert.ValueRange", r.ValueRange)
		return where(d.happens(f[0], f[1]), graph.AddScalar(graph.Neg(x), colors[1]), x)
	})
}

// OutputShape is the input's.
func (r RandomInvert) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomInvert) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }
