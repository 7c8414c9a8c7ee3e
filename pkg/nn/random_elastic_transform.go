package nn

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomElasticTransform moves each pixel of some images a bit in training, pixels beside each other alike, as Keras'
// RandomElasticTransform. How strongly is drawn for the whole batch: where s is drawn from Scale, normal numbers of deviation
// σ = 0.05·s·the shorter side are blurred by a Gaussian of that deviation, of int(6σ) places, and times 0.1·s·the longer side
// are how far pixels come from, along rows and columns each by itself; Keras on JAX takes one and the same number for both.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomElasticTransform struct {
	Name          string    `keras:"-"`                                              // empty: "random_elastic_transform", "random_elastic_transform_1", …
	Factor        []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest probability; nil: 0 to 1
	Scale         []float64 `keras:"scale,from=0,to=1"`                              // smallest and largest strength; nil: 0 to 1
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	FillMode      string    `keras:"fill_mode,oneof=reflect|wrap|constant|nearest"`  // what is outside of images; empty: "reflect"
	FillValue     float64   `keras:"fill_value"`                                     // outside with "constant"
	ValueRange    []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomElasticTransform{}, codec.Ignored("seed"), boxless, spread(0, "Factor", "Scale"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomElasticTransform) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, scale := ranged("RandomElasticTransform.Factor", r.Factor, 0, 1), ranged("RandomElasticTransform.Scale", r.Scale, 0, 1)
	colors := from255("RandomElasticTransform.ValueRange", r.ValueRange)
	if err := augmentable(r, r.DataFormat, x.Shape().Dimensions); err == nil && (scale[1] == 0 || f[1] == 0) {
		return asFloat(x) // not even cut to the range of colors
	}
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		g, dims := x.Graph(), x.Shape().Dimensions
		rows, height, width := dims[0], dims[1], dims[2]
		strength := d.once(scale[0], scale[1])
		sigma := graph.MulScalar(strength, 0.05*float64(min(height, width)))
		reach := graph.Floor(graph.MulScalar(graph.Floor(graph.MulScalar(sigma, 6)), 0.5))
		size := int(6*0.05*scale[1]*float64(min(height, width)))/2*2 + 1 // of the strongest
		weights := gaussian(graph.AddScalar(sigma, 1e-12), size, reach)
		moved := func(axis int) *graph.Node {
			noise := graph.Mul(normal(g, d.next(), []int{rows, height, width, 1}), sigma)
			noise = blurredAlong(blurredAlong(noise, 1, weights), 2, weights)
			by := graph.Mul(noise, graph.MulScalar(strength, 0.1*float64(max(height, width))))
			grid := graph.Iota(g, shapes.Make(dtypes.Float32, 1, height, width, 1), axis)
			return graph.Add(graph.BroadcastToDims(grid, rows, height, width, 1), by)
		}
		changed := sampleAt(x, moved(1), moved(2), sampling{r.Interpolation, r.FillMode, r.FillValue})
		return between(where(d.happens(f[0], f[1]), changed, x), colors)
	})
}

// OutputShape is the input's.
func (r RandomElasticTransform) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomElasticTransform) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }
