package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// GaussianDropout multiplies its input in training by normally distributed numbers of mean 1 and standard deviation
// √(Rate/(1−Rate)); in inference it returns its input. As Keras' GaussianDropout. What it draws is told of [Dropout].
//
// Shapes: x [batch, …] → the same.
type GaussianDropout struct {
	Name string  `keras:"-"`                                       // empty: "gaussian_dropout", "gaussian_dropout_1", …
	Rate float64 `keras:"rate,positional,required,from=0,below=1"` // as of [Dropout]: from 0, which changes nothing, to below 1
}

var _ = layers.Add(GaussianDropout{}, codec.Ignored("seed"))

// Apply adds the layer to the graph. It panics when Rate is outside [0, 1).
func (d GaussianDropout) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	mustBeRate("GaussianDropout", d.Rate)
	x = asFloat(x)
	if d.Rate == 0 {
		return x
	}
	key := drawKey(scope, x.Graph())
	if key == nil {
		return x
	}
	noise := graph.MulScalar(normal(x.Graph(), key, x.Shape().Dimensions), math.Sqrt(d.Rate/(1-d.Rate)))
	return graph.Mul(x, graph.AddScalar(noise, 1))
}

// TorchSteps is an expression: there is no module.
func (d GaussianDropout) TorchSteps([][]int) ([]TorchStep, error) {
	if d.Rate == 0 {
		return nil, nil
	}
	deviation := codec.PythonFloat(math.Sqrt(d.Rate / (1 - d.Rate)))
	return torchExpression("{x} * (1 + " + deviation + " * torch.randn_like({x})) if self.training else {x}")
}
