package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RMSNormalization divides the features of each row by their root mean square, then scales each, as Keras'
// RMSNormalization over the last axis; training and inference are alike. Zhang & Sennrich 2019.
//
//	y = scale·x/√(mean of x² + Epsilon)
//
// Shapes: x [batch, …, features] → the same; scale [features].
type RMSNormalization struct {
	Name    string  `keras:"-"`                           // empty: "rms_normalization", "rms_normalization_1", …
	Epsilon float64 `keras:"epsilon,default=1e-6,from=0"` // 0: 1e-6
}

var _ = layers.Add(RMSNormalization{}, codec.LastAxis("axis"))

// Apply adds the layer to the graph. It panics when Epsilon is negative or x has no feature axis.
func (n RMSNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if n.Epsilon == 0 {
		n.Epsilon = 1e-6
	}
	if !(n.Epsilon > 0) || math.IsInf(n.Epsilon, 0) {
		panic(fmt.Errorf("RMSNormalization.Epsilon is %g, must be a finite number of at least 0", n.Epsilon))
	}
	if _, err := n.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	w := create(scope, n, x)
	mean := graph.ReduceAndKeep(graph.Square(x), graph.ReduceMean, -1)
	return graph.Mul(graph.Div(x, graph.Sqrt(graph.AddScalar(mean, n.Epsilon))), w.expanded("scale", x.Rank()))
}

// OutputShape is the input's.
func (RMSNormalization) OutputShape(input ...int) ([]int, error) {
	return input, needsFeatures("RMSNormalization", input)
}

// Weights are the scale alone.
func (RMSNormalization) Weights(input ...int) []Weight {
	return []Weight{{Name: "scale", Role: Scale, Shape: []int{input[len(input)-1]}, Initializer: Ones{}}}
}

// TorchSteps is nn.RMSNorm.
func (n RMSNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	epsilon := n.Epsilon
	if epsilon == 0 {
		epsilon = 1e-6
	}
	in := inputs[0]
	steps, err := torchModule("RMSNorm", fmt.Sprint(in[len(in)-1]), "eps="+codec.PythonFloat(epsilon))
	steps[0].Parameters = []TorchParameter{{Weight: "scale", Name: "weight"}}
	return steps, err
}
