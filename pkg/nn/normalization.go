package nn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Normalization brings its input to mean 0 and variance 1 by statistics that are known beforehand, as Keras' Normalization;
// training and inference are alike.
//
//	y = (x−mean)/max(√variance, 1e-7), with Invert y = mean + x·max(√variance, 1e-7)
//
// Mean and Variance hold one number for all values, one for each place of the last of the axes, or one for each place of all
// of them, row after row. Without them the layer has two weights, mean and variance, that nothing trains: they begin at 0 and
// 1, and hold what Keras' adapt found where they come from a file.
//
// Shapes: x [batch, …] → the same; mean and variance have the sizes of the axes.
type Normalization struct {
	Name     string    `keras:"-"`                          // empty: "normalization", "normalization_1", …
	Axis     []int     `keras:"axis,default=-1,axis,empty"` // with statistics of their own, the batch counted as 0, or from the end; nil: the last; empty: one mean for all values
	Mean     []float64 `keras:"mean,nested"`                // nil: a weight
	Variance []float64 `keras:"variance,nested,from=0"`     // as many as in Mean; nil: a weight
	Invert   bool      // goes back from mean 0 and variance 1
}

var _ = layers.Add(Normalization{})

// Apply adds the layer to the graph. It panics when an axis isn't there, or Mean and Variance don't fit the input.
func (n Normalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	mean, err := n.along(x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	g := x.Graph()
	var center, variance *graph.Node
	if n.Mean != nil {
		constant := func(values []float64) *graph.Node {
			flat := make([]float32, len(values))
			for i, v := range values {
				flat[i] = float32(v)
			}
			return graph.Const(g, tensors.FromFlatDataAndDimensions(flat, mean...))
		}
		center, variance = constant(n.Mean), constant(n.Variance)
	} else {
		w := create(scope, n, x)
		center, variance = graph.Reshape(w.node("mean"), mean...), graph.Reshape(w.node("variance"), mean...)
	}
	deviation := graph.MaxScalar(graph.Sqrt(variance), fuzz)
	if n.Invert {
		return graph.Add(graph.Mul(x, deviation), center)
	}
	return graph.Div(graph.Sub(x, center), deviation)
}

// fuzz is Keras' epsilon, which keeps divisors off zero.
const fuzz = 1e-7

// along is the shape in which the statistics combine with an input of that shape.
func (n Normalization) along(input []int) ([]int, error) {
	axes, err := axesOf("Normalization", n.Axis, len(input))
	if err != nil {
		return nil, err
	}
	shape := slices.Repeat([]int{1}, len(input))
	for _, axis := range axes {
		shape[axis] = input[axis]
	}
	switch {
	case (n.Mean == nil) != (n.Variance == nil) || len(n.Mean) != len(n.Variance):
		return nil, errors.New("Normalization.Mean and Variance must have as many numbers as each other")
	case len(n.Mean) == 1:
		return slices.Repeat([]int{1}, len(input)), nil
	case n.Mean == nil || len(n.Mean) == sizeOf(shape):
		return shape, nil
	}
	if last := axes[len(axes)-1:]; len(last) > 0 && len(n.Mean) == input[last[0]] {
		shape = slices.Repeat([]int{1}, len(input))
		shape[last[0]] = len(n.Mean)
		return shape, nil
	}
	return nil, fmt.Errorf("Normalization has %d means, which don't fit the axes %v of an input %v", len(n.Mean), axes, input)
}

// axesOf are a layer's axes of an input with that many, in their order and counted from the front; nil stands for the last.
func axesOf(layer string, axes []int, rank int) ([]int, error) {
	if axes == nil {
		axes = []int{-1}
	}
	counted := make([]int, len(axes))
	for i, axis := range axes {
		counted[i] = axis
		if axis < 0 {
			counted[i] += rank
		}
		if counted[i] < 1 || counted[i] >= rank || slices.Contains(counted[:i], counted[i]) {
			return nil, fmt.Errorf("%s.Axis is %v, must name axes from 1 to %d, the batch being 0, each once", layer, axes, rank-1)
		}
	}
	slices.Sort(counted)
	return counted, nil
}

// OutputShape is the input's. The error says which axis isn't there, or what doesn't fit.
func (n Normalization) OutputShape(input ...int) ([]int, error) {
	_, err := n.along(input)
	return input, err
}

// Weights are mean and variance where the layer isn't told them.
func (n Normalization) Weights(input ...int) []Weight {
	if n.Mean != nil {
		return nil
	}
	axes, _ := axesOf("Normalization", n.Axis, len(input)) // OutputShape tells the error
	shape := sizesOf(input, axes)
	return []Weight{
		{Name: "mean", Role: MovingMean, Shape: shape, Initializer: Zeros{}, Stored: "vars/0"},
		{Name: "variance", Role: MovingVariance, Shape: shape, Initializer: Ones{}, Stored: "vars/1"}, // behind them the file counts rows
	}
}

// TorchSteps are expressions, with parameters that aren't trained for the weights.
func (n Normalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	shape, err := n.along(inputs[0])
	if err != nil {
		return nil, err
	}
	deviation := fmt.Sprintf(".sqrt().clamp(min=%g)", fuzz)
	center, spread := "{x} - {m}", "{x} / {m}"+deviation
	steps := make([]TorchStep, 2)
	if n.Mean == nil {
		for i, name := range []string{"mean", "variance"} {
			steps[i] = TorchStep{
				Module: fmt.Sprintf("nn.Parameter(torch.%s(%s), requires_grad=False)", []string{"zeros", "ones"}[i], torchTuple(shape)),
				Member: name, Parameters: []TorchParameter{{Weight: name, Apart: true}},
			}
		}
	} else {
		text := func(values []float64) string {
			return fmt.Sprintf("torch.tensor(%s, device={x}.device).reshape(%s)", torchNumbers(values), torchTuple(shape))
		}
		center, spread = strings.Replace(center, "{m}", text(n.Mean), 1), strings.Replace(spread, "{m}", text(n.Variance), 1)
	}
	steps[0].Forward, steps[1].Forward = center, spread
	if n.Invert {
		steps[0].Forward, steps[1].Forward = strings.Replace(center, " - ", " + ", 1), strings.Replace(spread, " / ", " * ", 1)
		slices.Reverse(steps)
	}
	return steps, nil
}

// torchNumbers is a list of numbers in Python.
func torchNumbers(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = codec.PythonFloat(v)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// Standardizing is implemented by layers that bring their input to mean 0 and variance 1 when they are told how.
type Standardizing interface {
	Layer
	Standardizes() bool
}

// Standardizes reports whether the layer was told statistics that it takes off.
func (n Normalization) Standardizes() bool { return n.Mean != nil && !n.Invert }

// Adapting is implemented by layers whose weights were found from data before any training, and hold for a new one as well.
type Adapting interface {
	Layer
	// Adapted is the layer with those weights as settings.
	Adapted(weights map[string][]float32) Layer
}

// Adapted is the layer with Mean and Variance from the weights of these names.
func (n Normalization) Adapted(weights map[string][]float32) Layer {
	wide := func(values []float32) []float64 {
		all := make([]float64, len(values))
		for i, v := range values {
			all[i] = float64(v)
		}
		return all
	}
	n.Mean, n.Variance = wide(weights["mean"]), wide(weights["variance"])
	return n
}
