package nn

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// MixUp blends each image of a batch with another one in training, as Keras' MixUp does with images: λ·x + (1 − λ)·other, λ of the
// beta distribution with both parameters Alpha. Zhang et al. 2018.
//
// As in a model of Keras labels stay what they are: there a map over the data mixes those too, which is what makes it sense.
//
// Shapes: x [batch, height, width, channels] → the same.
type MixUp struct {
	Name       string  `keras:"-"`                                              // empty: "mix_up", "mix_up_1", …
	Alpha      float64 `keras:"alpha,default=0.2,above=0"`                      // 0: 0.2
	DataFormat string  `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

// CutMix puts a rectangle of another image of the batch into each in training, as Keras' CutMix does with images: its sides are
// √(1 − λ) of the image's, λ of the beta distribution with a parameter that is drawn for each batch. Yun et al. 2019. Labels
// stay what they are, see [MixUp].
//
// Shapes: x [batch, height, width, channels] → the same.
type CutMix struct {
	Name       string    `keras:"-"`                                              // empty: "cut_mix", "cut_mix_1", …
	Factor     []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest parameter; nil: 0 to 1
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var (
	_ = layers.Add(MixUp{}, codec.Ignored("seed"), boxless, codec.Only("factor"))
	_ = layers.Add(CutMix{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))
)

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (m MixUp) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	alpha := m.Alpha
	if alpha == 0 {
		alpha = 0.2
	}
	if !(alpha > 0) {
		panic(fmt.Errorf("MixUp.Alpha is %g, must be positive", alpha))
	}
	return augments(m, scope, x, m.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		own := like(graph.InsertAxes(d.beta(d.numbers(alpha, d.rows)), -1, -1, -1), x)
		return graph.Add(graph.Mul(own, x), graph.Mul(graph.OneMinus(own), d.others(x)))
	})
}

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (c CutMix) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f := ranged("CutMix.Factor", c.Factor, 0, 1)
	return augments(c, scope, x, c.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		alpha := graph.AddScalar(d.once(f[0], f[1]), 1e-6)
		own := d.beta(graph.BroadcastToDims(alpha, d.rows))
		side := graph.InsertAxes(graph.Sqrt(graph.OneMinus(own)), -1, -1, -1)
		within := func(axis int) *graph.Node {
			size := float64(x.Shape().Dim(axis))
			length := graph.MulScalar(side, size)
			start := graph.Mul(d.each(0, 1), graph.AddScalar(graph.Neg(length), size))
			at := graph.BroadcastToDims(graph.Iota(x.Graph(), shapes.Make(dtypes.Float32, 1, x.Shape().Dim(1), x.Shape().Dim(2), 1), axis), x.Shape().Dimensions...)
			return graph.LogicalAnd(graph.GreaterOrEqual(at, like(start, at)), graph.LessThan(at, like(graph.Add(start, length), at)))
		}
		return graph.Where(graph.LogicalAnd(within(1), within(2)), d.others(x), x)
	})
}

// OutputShape is the input's.
func (m MixUp) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(m, m.DataFormat, input)
}

// OutputShape is the input's.
func (c CutMix) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(c, c.DataFormat, input)
}

// MixesRows is true: images are mixed with others of the batch.
func (MixUp) MixesRows() bool { return true }

// MixesRows is true: images are mixed with others of the batch.
func (CutMix) MixesRows() bool { return true }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (m MixUp) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(m) }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (c CutMix) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(c) }
