package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomGrayscale makes some images gray in training, as Keras' RandomGrayscale.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomGrayscale struct {
	Name       string  `keras:"-"`                                              // empty: "random_grayscale", "random_grayscale_1", …
	Factor     float64 `keras:"factor,default=0.5,from=0,to=1"`                 // probability; 0: 0.5
	DataFormat string  `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomGrayscale{}, codec.Ignored("seed"), boxless)

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomGrayscale) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	share := r.Factor
	if share == 0 {
		share = 0.5
	}
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		return where(graph.LessThan(d.each(0, 1), d.scalar(share)), graph.BroadcastToDims(grayOf("RandomGrayscale", x), x.Shape().Dimensions...), x)
	})
}

// OutputShape is the input's.
func (r RandomGrayscale) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomGrayscale) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

// RandomColorDegeneration brings images nearer to gray or farther from it in training, as Keras' RandomColorDegeneration.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomColorDegeneration struct {
	Name       string    `keras:"-"`                                              // empty: "random_color_degeneration", "random_color_degeneration_1", …
	Factor     []float64 `keras:"factor,positional,required,from=-1,to=1"`        // smallest and largest share of the way to gray
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomColorDegeneration{}, codec.Ignored("seed"), boxless, spread(-1, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomColorDegeneration) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r RandomColorDegeneration) change() imageChange {
	f, colors := ranged("RandomColorDegeneration.Factor", r.Factor), from255("RandomColorDegeneration.ValueRange", r.ValueRange)
	return func(x *graph.Node, d draws) *graph.Node {
		gray := graph.BroadcastToDims(grayOf("RandomColorDegeneration", x), x.Shape().Dimensions...)
		return between(graph.Add(x, graph.Mul(like(d.each(f[0], f[1]), x), graph.Sub(gray, x))), colors)
	}
}

// OutputShape is the input's.
func (r RandomColorDegeneration) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomColorDegeneration) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

// grayOf is the brightness of red, green and blue, [batch, height, width, 1]. One channel is gray. It panics when there are
// neither one nor three.
func grayOf(layer string, x *graph.Node) *graph.Node {
	switch channels := x.Shape().Dim(3); channels {
	case 1:
		return x
	case 3:
		weights := graph.Const(x.Graph(), []float32{0.2989, 0.5870, 0.1140})
		return graph.InsertAxes(graph.DotGeneral(x, []int{3}, nil, weights, []int{0}, nil), -1)
	default:
		panic(fmt.Errorf("%s needs images of one or three channels, these have %d", layer, channels))
	}
}
