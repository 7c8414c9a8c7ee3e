package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomHue turns the hue of images in training, as Keras' RandomHue.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomHue struct {
	Name       string    `keras:"-"`                                              // empty: "random_hue", "random_hue_1", …
	Factor     []float64 `keras:"factor,positional,required,from=0,to=1"`         // smallest and largest share of half a turn, to either side
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomHue{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomHue) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, colors := ranged("RandomHue.Factor", r.Factor), from255("RandomHue.ValueRange", r.ValueRange)
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		return r.adjust(x, graph.Mul(d.sign(), d.each(f[0]/2, f[1]/2)), colors)
	})
}

// OutputShape is the input's.
func (r RandomHue) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomHue) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

func (RandomHue) adjust(x, turn *graph.Node, colors []float64) *graph.Node {
	hue, saturation, value := hsvOf("RandomHue", recolored(x, colors, []float64{0, 1}))
	hue = graph.Add(hue, like(turn, hue))
	one := graph.OnesLike(hue)
	hue = graph.Where(graph.GreaterThan(hue, one), graph.MinusOne(hue), hue)
	hue = graph.Where(graph.LessThan(hue, graph.ZerosLike(hue)), graph.OnePlus(hue), hue)
	return recolored(between(rgbOf(hue, saturation, value), []float64{0, 1}), []float64{0, 1}, colors)
}

// RandomSaturation makes colors more or less saturated in training, as Keras' RandomSaturation: a factor f multiplies the saturation by
// f/(1 − f), and what comes out is cut to ValueRange, which is Keras' way even for colors up to 255.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomSaturation struct {
	Name       string    `keras:"-"`                                              // empty: "random_saturation", "random_saturation_1", …
	Factor     []float64 `keras:"factor,positional,required,from=-1,to=1"`        // smallest and largest
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomSaturation{}, codec.Ignored("seed"), boxless, spread(-1, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomSaturation) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, colors := ranged("RandomSaturation.Factor", r.Factor), from255("RandomSaturation.ValueRange", r.ValueRange)
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		return r.adjust(x, d.each(f[0], f[1]), colors)
	})
}

// OutputShape is the input's.
func (r RandomSaturation) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomSaturation) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

func (RandomSaturation) adjust(x, factor *graph.Node, colors []float64) *graph.Node {
	hue, saturation, value := hsvOf("RandomSaturation", x)
	times := graph.Div(factor, graph.AddScalar(graph.Neg(factor), 1+1e-7))
	return rgbOf(hue, between(graph.Mul(saturation, like(times, saturation)), colors), value)
}

// hsvOf are hue, from 0 to 1, saturation and value of red, green and blue, each [batch, height, width, 1]. It panics when there
// aren't three channels.
func hsvOf(layer string, x *graph.Node) (hue, saturation, value *graph.Node) {
	if x.Shape().Dim(3) != 3 {
		panic(fmt.Errorf("%s needs images of three channels, these have %d", layer, x.Shape().Dim(3)))
	}
	zero, one := graph.ZerosLike(graph.SliceAxis(x, 3, graph.AxisElem(0))), graph.OnesLike(graph.SliceAxis(x, 3, graph.AxisElem(0)))
	const epsilon = 1.1920929e-07 // of float32
	x = graph.Where(graph.LessThan(graph.Abs(x), graph.MulScalar(graph.OnesLike(x), epsilon)), graph.ZerosLike(x), x)
	r, g, b := graph.SliceAxis(x, 3, graph.AxisElem(0)), graph.SliceAxis(x, 3, graph.AxisElem(1)), graph.SliceAxis(x, 3, graph.AxisElem(2))
	value = graph.Max(graph.Max(r, g), b)
	span := graph.Sub(value, graph.Min(graph.Min(r, g), b))
	bright, colored := graph.GreaterThan(value, zero), graph.GreaterThan(span, zero)
	saturation = graph.Where(bright, graph.Div(span, graph.Where(bright, value, one)), zero)
	norm := graph.Reciprocal(graph.MulScalar(graph.Where(colored, span, one), 6))
	sixth := func(a, b *graph.Node, from float64) *graph.Node {
		return graph.AddScalar(graph.Mul(norm, graph.Sub(a, b)), from)
	}
	hue = graph.Where(graph.Equal(value, g), sixth(b, r, 2.0/6), sixth(r, g, 4.0/6))
	hue = graph.Where(graph.Equal(value, r), sixth(g, b, 0), hue)
	negative := graph.ConvertDType(graph.LessThan(hue, zero), x.DType())
	return graph.Add(graph.Where(colored, hue, zero), negative), saturation, value
}

// rgbOf is the way back.
func rgbOf(hue, saturation, value *graph.Node) *graph.Node {
	turn := graph.MulScalar(floorMod(hue, 1), 6)
	away := func(at float64) *graph.Node { return graph.Abs(graph.AddScalar(turn, -at)) }
	unit := []float64{0, 1}
	part := func(d *graph.Node) *graph.Node {
		return graph.Mul(value, graph.Add(graph.OneMinus(saturation), graph.Mul(saturation, between(d, unit))))
	}
	return graph.Concatenate([]*graph.Node{
		part(graph.AddScalar(away(3), -1)), part(graph.AddScalar(graph.Neg(away(2)), 2)), part(graph.AddScalar(graph.Neg(away(4)), 2)),
	}, 3)
}

// recolored brings colors from one range to another.
func recolored(x *graph.Node, from, to []float64) *graph.Node {
	if from[0] == to[0] && from[1] == to[1] {
		return x
	}
	unit := graph.DivScalar(graph.AddScalar(x, -from[0]), from[1]-from[0])
	return graph.AddScalar(graph.MulScalar(unit, to[1]-to[0]), to[0])
}
