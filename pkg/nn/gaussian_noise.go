package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// GaussianNoise adds normally distributed numbers of mean 0 to its input in training; in inference it returns its
// input. As Keras' GaussianNoise. What it draws is told of [Dropout].
//
// Shapes: x [batch, …] → the same.
type GaussianNoise struct {
	Name   string  `keras:"-"`                                      // empty: "gaussian_noise", "gaussian_noise_1", …
	StdDev float64 `keras:"stddev,positional,required,from=0,to=1"` // standard deviation of the noise, from 0, which adds none, to 1
}

var _ = layers.Add(GaussianNoise{}, codec.Ignored("seed"))

// Apply adds the layer to the graph. It panics when StdDev is outside [0, 1].
func (n GaussianNoise) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if !(n.StdDev >= 0 && n.StdDev <= 1) {
		panic(fmt.Errorf("GaussianNoise.StdDev is %g, must be from 0 to 1", n.StdDev))
	}
	x = asFloat(x)
	if n.StdDev == 0 {
		return x
	}
	key := drawKey(scope, x.Graph())
	if key == nil {
		return x
	}
	return graph.Add(x, graph.MulScalar(normal(x.Graph(), key, x.Shape().Dimensions), n.StdDev))
}

// TorchSteps is an expression: there is no module.
func (n GaussianNoise) TorchSteps([][]int) ([]TorchStep, error) {
	if n.StdDev == 0 {
		return nil, nil
	}
	return torchExpression("{x} + " + codec.PythonFloat(n.StdDev) + " * torch.randn_like({x}) if self.training else {x}")
}
