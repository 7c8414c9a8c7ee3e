package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomColorJitter is [RandomBrightness], [RandomContrast], [RandomSaturation] and [RandomHue], one behind the other, as Keras'
// RandomColorJitter.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomColorJitter struct {
	Name             string    `keras:"-"`                                              // empty: "random_color_jitter", "random_color_jitter_1", …
	ValueRange       []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	BrightnessFactor []float64 `keras:"brightness_factor,from=-1,to=1"`                 // nil: none
	ContrastFactor   []float64 `keras:"contrast_factor,from=0,to=1"`                    // nil: none
	SaturationFactor []float64 `keras:"saturation_factor,from=-1,to=1"`                 // nil: none
	HueFactor        []float64 `keras:"hue_factor,from=0,to=1"`                         // nil: none
	DataFormat       string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomColorJitter{}, codec.Ignored("seed"), codec.Only("factor"), boxless, codec.Settled(func(from codec.Source, value any) any {
	value = spreading(-1, "BrightnessFactor", "SaturationFactor")(from, value)
	return spreading(0, "ContrastFactor", "HueFactor")(from, value)
}))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomColorJitter) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	colors := from255("RandomColorJitter.ValueRange", r.ValueRange)
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		if r.BrightnessFactor != nil {
			f := ranged("RandomColorJitter.BrightnessFactor", r.BrightnessFactor)
			x = RandomBrightness{}.adjust(x, d.each(f[0], f[1]), colors)
		}
		if r.ContrastFactor != nil {
			f := ranged("RandomColorJitter.ContrastFactor", r.ContrastFactor)
			x = RandomContrast{}.adjust(x, d.each(1-f[0], 1+f[1]), colors)
		}
		if r.SaturationFactor != nil {
			f := ranged("RandomColorJitter.SaturationFactor", r.SaturationFactor)
			x = RandomSaturation{}.adjust(x, d.each(f[0], f[1]), colors)
		}
		if r.HueFactor != nil {
			f := ranged("RandomColorJitter.HueFactor", r.HueFactor)
			x = RandomHue{}.adjust(x, graph.Mul(d.sign(), d.each(f[0]/2, f[1]/2)), colors)
		}
		return x
	})
}

// OutputShape is the input's.
func (r RandomColorJitter) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomColorJitter) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }
