package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RMSNormalization divides the features of each row by their root mean square, then scales each, as Keras'
// RMSNormalization; training and inference are alike. Zhang & Sennrich 2019.
//
//	y = scale·x/√(mean of x² + Epsilon)
//
// The mean is that of all values along the axes, which must be the last ones: Keras puts the scale there whatever they are.
//
// Shapes: x [batch, …, features] → the same; scale has the sizes of the axes, [features].
type RMSNormalization struct {
	Name    string  `keras:"-"`                           // empty: "rms_normalization", "rms_normalization_1", …
	Axis    []int   `keras:"axis,default=-1,axis"`        // over which, the batch counted as 0, or from the end; nil: the last
	Epsilon float64 `keras:"epsilon,default=1e-6,from=0"` // 0: 1e-6
}

var _ = layers.Add(RMSNormalization{})

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
	axes, _ := axesOf("RMSNormalization", n.Axis, x.Rank()) // OutputShape has told the error
	mean := graph.ReduceAndKeep(graph.Square(x), graph.ReduceMean, axes...)
	return graph.Mul(graph.Div(x, graph.Sqrt(graph.AddScalar(mean, n.Epsilon))), w.expanded("scale", x.Rank()))
}

// OutputShape is the input's. The error says which axes can't be had.
func (n RMSNormalization) OutputShape(input ...int) ([]int, error) {
	if err := needsFeatures("RMSNormalization", input); err != nil {
		return nil, err
	}
	axes, err := axesOf("RMSNormalization", n.Axis, len(input))
	if err == nil && (len(axes) == 0 || axes[0] != len(input)-len(axes)) {
		err = fmt.Errorf("RMSNormalization.Axis is %v of an input %v, must be the last axes: the scale lies there", n.Axis, input)
	}
	return input, err
}

// Weights are the scale alone.
func (n RMSNormalization) Weights(input ...int) []Weight {
	axes, _ := axesOf("RMSNormalization", n.Axis, len(input)) // OutputShape tells the error
	return []Weight{{Name: "scale", Role: Scale, Shape: sizesOf(input, axes), Initializer: Ones{}}}
}

// TorchSteps is nn.RMSNorm.
func (n RMSNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	epsilon := n.Epsilon
	if epsilon == 0 {
		epsilon = 1e-6
	}
	in := inputs[0]
	shape := fmt.Sprint(in[len(in)-1])
	if len(n.Axis) > 1 {
		shape = torchTuple(in[len(in)-len(n.Axis):])
	}
	steps, err := torchModule("RMSNorm", shape, "eps="+codec.PythonFloat(epsilon))
	steps[0].Parameters = []TorchParameter{{Weight: "scale", Name: "weight"}}
	return steps, err
}
