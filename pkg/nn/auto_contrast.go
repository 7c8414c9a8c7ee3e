package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// AutoContrast spreads the colors of each channel of an image over all of the range, in training and inference, as Keras' AutoContrast.
// A channel of one color stays as it is.
//
// Shapes: x [batch, height, width, channels] → the same.
type AutoContrast struct {
	Name       string    `keras:"-"`           // empty: "auto_contrast", "auto_contrast_1", …
	ValueRange []float64 `keras:"value_range"` // of colors, lowest and highest; nil: 0 to 255
}

var _ = layers.Add(AutoContrast{}, boxless, codec.Only("data_format", "channels_last"), codec.Only("factor"))

// Apply adds the layer to the graph. It panics when x isn't images.
func (a AutoContrast) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if err := augmentable(a, "", x.Shape().Dimensions); err != nil {
		panic(err)
	}
	colors, bytes := from255("AutoContrast.ValueRange", a.ValueRange), []float64{0, 255}
	x = asFloat(x)
	y := recolored(x, colors, bytes)
	dims := y.Shape().Dimensions
	ends := func(of func(*graph.Node, ...int) *graph.Node, y *graph.Node) *graph.Node {
		kept := append([]int{dims[0], 1, 1}, dims[3])
		return graph.BroadcastToDims(graph.Reshape(of(y, 1, 2), kept...), dims...)
	}
	low, high := graph.Neg(ends(largestOf, graph.Neg(y))), ends(largestOf, y)
	flat := graph.Equal(low, high)
	scale := graph.Div(graph.MulScalar(graph.OnesLike(y), 255), graph.Where(flat, graph.OnesLike(y), graph.Sub(high, low)))
	spread := between(graph.Sub(graph.Mul(y, scale), graph.Mul(low, scale)), bytes)
	return graph.Where(flat, x, recolored(spread, bytes, colors))
}

// OutputShape is the input's.
func (a AutoContrast) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(a, "", input)
}

// TorchSteps is an expression of the lowest and the highest color of each channel.
func (a AutoContrast) TorchSteps([][]int) ([]TorchStep, error) {
	colors := from255("AutoContrast.ValueRange", a.ValueRange)
	low, high := codec.PythonFloat(colors[0]), codec.PythonFloat(colors[1])
	lowest, highest := "{x}.amin((1, 2), keepdim=True)", "{x}.amax((1, 2), keepdim=True)"
	return torchAsHere("torch.where(" + lowest + " == " + highest + ", {x}, (({x} - " + lowest + ") / (" + highest + " - " + lowest + ") * (" + high + " - " + low + ") + " + low + ").clamp(" + low + ", " + high + "))")
}
