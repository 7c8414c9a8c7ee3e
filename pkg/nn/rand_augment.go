package nn

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandAugment changes images in training by NumOps ways out of eleven, drawn for each batch, as Keras' RandAugment: [RandomShear],
// [RandomTranslation], [RandomRotation], [RandomBrightness], [RandomColorDegeneration], [RandomContrast], [RandomSharpness],
// [RandomPosterization], [Solarization], [AutoContrast] and [Equalization]. Cubuk et al. 2020. How strongly is drawn for each image.
//
// The program has all of them NumOps times, which takes long.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandAugment struct {
	Name          string    `keras:"-"`                                              // empty: "rand_augment", "rand_augment_1", …
	ValueRange    []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	NumOps        int       `keras:"num_ops,default=2,from=1,to=64"`                 // 0: 2
	Factor        []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest strength; nil: 0 to 0.5
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

// AugMix blends images with what NumChains chains of changes make of them in training, as Keras' AugMix. Hendrycks et al. 2020. A chain has up
// to ChainDepth of the changes of [RandAugment]; which they are is chosen when the program is made, from its layer's place, as Keras
// chooses them once when it compiles a step. How strongly is drawn for each image, and the weights of the chains and of the blend for each
// batch: of the Dirichlet and the beta distribution with parameters Alpha.
//
// Shapes: x [batch, height, width, channels] → the same.
type AugMix struct {
	Name          string    `keras:"-"`                                              // empty: "aug_mix", "aug_mix_1", …
	ValueRange    []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	NumChains     int       `keras:"num_chains,default=3,from=1,to=64"`              // 0: 3
	ChainDepth    int       `keras:"chain_depth,default=3,from=1,to=64"`             // 0: 3
	Factor        []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest strength; nil: 0 to 0.3
	Alpha         float64   `keras:"alpha,default=1,above=0"`                        // 0: 1
	FewOps        bool      `keras:"all_ops,not"`                                    // leaves brightness, color degeneration, contrast and sharpness out
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var (
	_ = layers.Add(RandAugment{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))
	_ = layers.Add(AugMix{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))
)

// imageChanges are the eleven ways to change images of a strength within f, the four that AugMix may leave out last.
func imageChanges(f, colors []float64, interpolation string) []imageChange {
	plain := func(change func(x *graph.Node) *graph.Node) imageChange {
		return func(x *graph.Node, _ draws) *graph.Node { return change(x) }
	}
	return []imageChange{
		RandomShear{XFactor: f, YFactor: f, Interpolation: interpolation}.change(),
		RandomTranslation{HeightFactor: f, WidthFactor: f, Interpolation: interpolation}.change(),
		RandomRotation{Factor: f, Interpolation: interpolation}.change(),
		RandomPosterization{Factor: []float64{1, float64(max(1, int(8*f[1])))}, ValueRange: colors}.change(),
		Solarization{AdditionFactor: f, ThresholdFactor: f, ValueRange: colors}.change(),
		plain(func(x *graph.Node) *graph.Node { return AutoContrast{ValueRange: colors}.Apply(nil, x) }),
		plain(Equalization{ValueRange: colors}.equalized),
		RandomBrightness{Factor: f, ValueRange: colors}.change(),
		RandomColorDegeneration{Factor: f, ValueRange: colors}.change(),
		RandomContrast{Factor: f, ValueRange: colors}.change(),
		RandomSharpness{Factor: f, ValueRange: colors}.change(),
	}
}

// Apply adds the layer to the graph. It panics when x isn't images of one or three channels and when a setting makes no sense.
func (r RandAugment) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, colors := ranged("RandAugment.Factor", r.Factor, 0, 0.5), from255("RandAugment.ValueRange", r.ValueRange)
	changes, times := imageChanges(f, colors, r.Interpolation), r.NumOps
	if times == 0 {
		times = 2
	}
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		for range times {
			which := d.once(0, float64(len(changes)))
			for i, change := range changes {
				is := graph.LogicalAnd(graph.GreaterOrEqual(which, d.number(float64(i))), graph.LessThan(which, d.number(float64(i+1))))
				x = graph.Where(graph.BroadcastToDims(is, x.Shape().Dimensions...), change(x, d), x)
			}
		}
		return x
	})
}

// Apply adds the layer to the graph. It panics when x isn't images of one or three channels and when a setting makes no sense.
func (a AugMix) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, colors := ranged("AugMix.Factor", a.Factor, 0, 0.3), from255("AugMix.ValueRange", a.ValueRange)
	changes := imageChanges(f, colors, a.Interpolation)
	if a.FewOps {
		changes = changes[:len(changes)-4]
	}
	chains, depth, alpha := or(a.NumChains, 3), or(a.ChainDepth, 3), or(a.Alpha, 1)
	if !(alpha > 0) {
		panic(fmt.Errorf("AugMix.Alpha is %g, must be positive", alpha))
	}
	h := fnv.New64a()
	h.Write([]byte(scope.Scope()))
	chosen := rand.New(rand.NewPCG(h.Sum64(), 0))
	return augments(a, scope, x, a.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		logs := d.logGamma(d.numbers(alpha, chains))
		shares := graph.Softmax(logs, 0)
		var mixed *graph.Node
		for chain := range chains {
			y := x
			for range depth {
				if i := chosen.IntN(len(changes) + 1); i < len(changes) {
					y = changes[i](y, d)
				}
			}
			share := graph.Slice(shares, graph.AxisElem(chain))
			y = graph.Mul(y, graph.BroadcastToDims(graph.Reshape(share, 1, 1, 1, 1), y.Shape().Dimensions...))
			if mixed == nil {
				mixed = y
			} else {
				mixed = graph.Add(mixed, y)
			}
		}
		own := graph.BroadcastToDims(graph.Reshape(d.beta(d.numbers(alpha, 1)), 1, 1, 1, 1), x.Shape().Dimensions...)
		return between(graph.Add(graph.Mul(own, x), graph.Mul(graph.OneMinus(own), mixed)), colors)
	})
}

func (d draws) number(v float64) *graph.Node { return graph.Reshape(d.numbers(v, 1)) }

// or is the value, or the fallback where it is zero.
func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// OutputShape is the input's.
func (r RandAugment) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// OutputShape is the input's.
func (a AugMix) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(a, a.DataFormat, input)
}

// MixesRows is true: an [Equalization] does, which is one of the ways.
func (RandAugment) MixesRows() bool { return true }

// MixesRows is true: an [Equalization] does, which is one of the ways.
func (AugMix) MixesRows() bool { return true }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandAugment) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (a AugMix) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(a) }
