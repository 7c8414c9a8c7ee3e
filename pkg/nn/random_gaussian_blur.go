package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomGaussianBlur blurs some images in training by a Gaussian, as Keras' RandomGaussianBlur; how wide it is along rows and
// along columns is drawn for the whole batch. Outside of images is 0.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomGaussianBlur struct {
	Name       string    `keras:"-"`                                              // empty: "random_gaussian_blur", "random_gaussian_blur_1", …
	Factor     []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest probability; nil: 0 to 1
	KernelSize []int     `keras:"kernel_size,from=1"`                             // of the Gaussian along the width and the height, or of both; odd; nil: 3
	Sigma      []float64 `keras:"sigma,from=0,to=1"`                              // smallest and largest deviation, in pixels; nil: 0 to 1
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomGaussianBlur{}, codec.Ignored("seed"), boxless, spread(0, "Factor", "Sigma"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomGaussianBlur) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f, sigma := ranged("RandomGaussianBlur.Factor", r.Factor, 0, 1), ranged("RandomGaussianBlur.Sigma", r.Sigma, 0, 1)
	colors, wide, high := from255("RandomGaussianBlur.ValueRange", r.ValueRange), 3, 3
	switch len(r.KernelSize) {
	case 0:
	case 1, 2:
		wide, high = r.KernelSize[0], r.KernelSize[len(r.KernelSize)-1]
	}
	if len(r.KernelSize) > 2 || wide%2 == 0 || high%2 == 0 {
		panic(fmt.Errorf("RandomGaussianBlur.KernelSize is %v, must be one odd number or two", r.KernelSize))
	}
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		blurred := x
		for axis, size := range []int{1: high, 2: wide} {
			if axis > 0 {
				width := graph.AddScalar(d.once(sigma[0], sigma[1]), 1e-6)
				blurred = blurredAlong(blurred, axis, gaussian(width, size, nil))
			}
		}
		return between(where(d.happens(f[0], f[1]), blurred, x), colors)
	})
}

// gaussian are the weights of that many places, of sum 1, by a deviation that is one number. reach is how far from the middle
// they go, a number, too; nil: all the way.
func gaussian(sigma *graph.Node, size int, reach *graph.Node) []*graph.Node {
	weights := make([]*graph.Node, size)
	var sum *graph.Node
	for i := range weights {
		from := float64(i) - float64(size-1)/2
		at := graph.Div(graph.Scalar(sigma.Graph(), sigma.DType(), from), sigma)
		w := graph.Exp(graph.MulScalar(graph.Square(at), -0.5))
		if reach != nil {
			w = graph.Where(graph.LessOrEqual(graph.Scalar(sigma.Graph(), sigma.DType(), math.Abs(from)), reach), w, graph.ZerosLike(w))
		}
		if weights[i] = w; sum == nil {
			sum = w
		} else {
			sum = graph.Add(sum, w)
		}
	}
	for i, w := range weights {
		weights[i] = graph.Div(w, sum)
	}
	return weights
}

// blurredAlong is the sum of each place and those around it by their weights, an odd number of them; beyond the ends is 0.
func blurredAlong(x *graph.Node, axis int, weights []*graph.Node) *graph.Node {
	size, beside := x.Shape().Dim(axis), (len(weights)-1)/2
	padded := padAxis(x, axis, beside, beside, 0)
	var sum *graph.Node
	for i, w := range weights {
		part := graph.Mul(graph.SliceAxis(padded, axis, graph.AxisRange(i, i+size)), w)
		if sum == nil {
			sum = part
		} else {
			sum = graph.Add(sum, part)
		}
	}
	return sum
}

// OutputShape is the input's.
func (r RandomGaussianBlur) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomGaussianBlur) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }
