package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomPosterization keeps the first bits of colors alone in training, of eight, as Keras' RandomPosterization. No gradient goes
// through it then.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomPosterization struct {
	Name       string    `keras:"-"`                                              // empty: "random_posterization", "random_posterization_1", …
	Factor     []float64 `keras:"factor,positional,required,from=1,to=8"`         // fewest bits and above the most, or twice the same number
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomPosterization{}, codec.Ignored("seed"), boxless, spread(1, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomPosterization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r RandomPosterization) change() imageChange {
	f, colors := ranged("RandomPosterization.Factor", r.Factor), from255("RandomPosterization.ValueRange", r.ValueRange)
	return func(x *graph.Node, d draws) *graph.Node {
		bits := graph.Floor(d.each(math.Trunc(f[0]), max(math.Trunc(f[1]), math.Trunc(f[0])+0.5)))
		step := like(graph.Exp(graph.MulScalar(graph.AddScalar(graph.Neg(bits), 8), math.Ln2)), x)
		step = roundToEven(step)
		bytes := graph.Floor(between(recolored(graph.StopGradient(x), colors, []float64{0, 255}), []float64{0, 255}))
		return recolored(graph.Mul(graph.Floor(graph.Div(bytes, step)), step), []float64{0, 255}, colors)
	}
}

// OutputShape is the input's.
func (r RandomPosterization) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomPosterization) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

// RandomSharpness blurs or sharpens images in training, as Keras' RandomSharpness: 0 of Factor is the blurred image, 0.5 the image itself.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomSharpness struct {
	Name       string    `keras:"-"`                                              // empty: "random_sharpness", "random_sharpness_1", …
	Factor     []float64 `keras:"factor,positional,required,from=0,to=1"`         // smallest and largest
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomSharpness{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomSharpness) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r RandomSharpness) change() imageChange {
	f, colors := ranged("RandomSharpness.Factor", r.Factor), from255("RandomSharpness.ValueRange", r.ValueRange)
	return func(x *graph.Node, d draws) *graph.Node {
		height, width := x.Shape().Dim(1), x.Shape().Dim(2)
		around := padAxis(padAxis(x, 1, 1, 1, 0), 2, 1, 1, 0)
		var sum *graph.Node
		for i := range 9 {
			part := graph.Slice(around, graph.AxisRange(), graph.AxisRange(i/3, i/3+height), graph.AxisRange(i%3, i%3+width), graph.AxisRange())
			if sum == nil {
				sum = part
			} else {
				sum = graph.Add(sum, part)
			}
		}
		smooth := graph.DivScalar(graph.Add(sum, graph.MulScalar(x, 4)), 13)
		blur := graph.OneMinus(graph.MulScalar(d.each(f[0], f[1]), 2))
		return between(graph.Add(x, graph.Mul(like(blur, x), graph.Sub(smooth, x))), colors)
	}
}

// OutputShape is the input's.
func (r RandomSharpness) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomSharpness) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

// Solarization adds a number to colors in training and turns those above a threshold around, as Keras' Solarization, on colors that
// were brought to 0…255.
//
// Shapes: x [batch, height, width, channels] → the same.
type Solarization struct {
	Name            string    `keras:"-"`                                              // empty: "solarization", "solarization_1", …
	AdditionFactor  []float64 `keras:"addition_factor,from=0,to=1"`                    // what is added: from the first to 255 times the second; nil: 0
	ThresholdFactor []float64 `keras:"threshold_factor,from=0,to=1"`                   // the threshold, in the same way; nil: 0
	ValueRange      []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat      string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(Solarization{}, codec.Ignored("seed"), boxless, spread(0, "AdditionFactor", "ThresholdFactor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r Solarization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r Solarization) change() imageChange {
	colors := from255("Solarization.ValueRange", r.ValueRange)
	more, limit := ranged("Solarization.AdditionFactor", r.AdditionFactor, 0, 0), ranged("Solarization.ThresholdFactor", r.ThresholdFactor, 0, 0)
	return func(x *graph.Node, d draws) *graph.Node {
		bytes := []float64{0, 255}
		y := between(graph.Add(recolored(x, colors, bytes), like(d.each(more[0], 255*more[1]), x)), bytes)
		y = graph.Where(graph.LessThan(y, like(d.each(limit[0], 255*limit[1]), x)), y, graph.AddScalar(graph.Neg(y), 255))
		return recolored(y, bytes, colors)
	}
}

// OutputShape is the input's.
func (r Solarization) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r Solarization) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }
