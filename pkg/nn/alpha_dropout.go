package nn

import (
	"errors"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// AlphaDropout sets a share Rate of its inputs in training to what a [SELU] gives at −∞, and scales and shifts the
// whole so that mean 0 and variance 1 stay; in inference it returns its input. As Keras' AlphaDropout. What it draws is
// told of [Dropout]. Klambauer et al. 2017.
//
// Shapes: x [batch, …] → the same.
type AlphaDropout struct {
	Name string  `keras:"-"`                                       // empty: "alpha_dropout", "alpha_dropout_1", …
	Rate float64 `keras:"rate,positional,required,from=0,below=1"` // share that is dropped: from 0, which drops nothing, to below 1
	// NoiseShape is the shape of what is drawn, see [Dropout].
	NoiseShape []int `keras:"noise_shape,open,from=-1"`
}

var _ = layers.Add(AlphaDropout{}, codec.Ignored("seed"))

// Apply adds the layer to the graph. It panics when Rate is outside [0, 1).
func (d AlphaDropout) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	mustBeRate("AlphaDropout", d.Rate)
	x = asFloat(x)
	if d.Rate == 0 {
		return x
	}
	g := x.Graph()
	key := drawKey(scope, g)
	if key == nil {
		return x
	}
	const floor = -1.6732632423543772 * 1.0507009873554805 // SELU's −α·λ
	scale := 1 / math.Sqrt((1-d.Rate)*(1+d.Rate*floor*floor))
	keep := graph.BroadcastToDims(kept(g, key, d.Rate, noiseShape("AlphaDropout", d.NoiseShape, x.Shape().Dimensions)), x.Shape().Dimensions...)
	y := graph.Where(keep, x, graph.Scalar(g, x.DType(), floor))
	return graph.AddScalar(graph.MulScalar(y, scale), -scale*floor*d.Rate)
}

// TorchSteps is nn.AlphaDropout.
func (d AlphaDropout) TorchSteps([][]int) ([]TorchStep, error) {
	if d.NoiseShape != nil {
		return nil, errors.New("AlphaDropout with a NoiseShape: PyTorch's module draws for each value")
	}
	return torchElementwise("AlphaDropout", codec.PythonFloat(d.Rate))
}
