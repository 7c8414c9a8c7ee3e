package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Operation is a layer without weights that is a function of tensors in Keras and in PyTorch, x + 1 or a mean over an axis:
// [Unary], [Binary], [Reduce], [Index], [Matmul] and others. In a [Graph] they are nodes like all layers.
//
// Axes are counted with the batch as 0, from the end when negative. The batch stays in front of whatever an operation gives,
// and no operation lets rows of it influence each other. Outputs are float32; true and false are 1 and 0, and what isn't 0
// is true. Masks end at an operation, as in Keras.
type Operation interface {
	Layer
	// KerasCall is the expression in Keras for inputs that are those expressions.
	KerasCall(inputs []string) string
}

const operationsModule = "ops" // of Keras

// operations are the registered types. Keras writes no config of them as layers: package keras makes them of its own.
var operations = codec.NewRegistry[Operation](operationsModule)

// kerasLambda is an operation where Keras wants a layer.
func kerasLambda(o Operation, c kerasContext) string {
	return codec.Call{Function: "layers.Lambda", Arguments: append([]string{"lambda x: " + o.KerasCall([]string{"x"})}, c.arguments()...)}.String()
}

// isTrue marks the values that count as true; NaN does.
func isTrue(x *graph.Node) *graph.Node {
	return graph.NotEqual(x, graph.ScalarZero(x.Graph(), x.DType()))
}

// truth is 1 where a condition holds, else 0. No gradient goes through it.
func truth(condition *graph.Node) *graph.Node {
	return graph.ConvertDType(graph.StopGradient(condition), dtypes.Float32)
}

// axisBehind is an axis counted from the front that isn't the batch.
func axisBehind(setting string, axis, rank int) (int, error) {
	a, ok := normalAxis(axis, rank)
	if !ok || a == 0 {
		return 0, fmt.Errorf("%s is %d, must name an axis behind the batch, from 1 to %d", setting, axis, rank-1)
	}
	return a, nil
}

// axesBehind are different axes behind the batch in their order, all of them where none is named.
func axesBehind(setting string, given []int, rank int) ([]int, error) {
	var axes []int
	for _, axis := range given {
		a, err := axisBehind(setting, axis, rank)
		if err != nil {
			return nil, err
		}
		axes = append(axes, a)
	}
	if given == nil {
		for a := 1; a < rank; a++ {
			axes = append(axes, a)
		}
	}
	slices.Sort(axes)
	if len(slices.Compact(slices.Clone(axes))) < len(axes) || len(axes) == 0 {
		return nil, fmt.Errorf("%s is %v, must name axes behind the batch, each once", setting, given)
	}
	return axes, nil
}

// broadcast is the shape that tensors with as many axes each come to.
func broadcast(layer string, inputs [][]int) ([]int, error) {
	out := slices.Clone(inputs[0])
	for _, shape := range inputs[1:] {
		if len(shape) != len(out) {
			return nil, fmt.Errorf("%s takes inputs with as many axes each, so that their batches meet; here are shapes %s", layer, listed(inputs))
		}
		for a, d := range shape {
			switch {
			case out[a] == 1:
				out[a] = d
			case d != 1 && d != out[a]:
				return nil, fmt.Errorf("%s can't combine shapes %s: axis %d has sizes %d and %d", layer, listed(inputs), a, out[a], d)
			}
		}
	}
	return out, nil
}

// constantShape is the shape of a constant beside an input of so many axes, with axes of size 1 in front so that it has as
// many.
func constantShape(layer string, values []float64, shape []int, rank int) ([]int, error) {
	size := 1
	for _, d := range shape {
		size *= max(d, 0)
	}
	switch {
	case len(values) == 0:
		return nil, fmt.Errorf("%s has one input and no constant", layer)
	case size != len(values):
		return nil, fmt.Errorf("%s has a constant of %d numbers and of shape %v", layer, len(values), shape)
	case len(shape) > rank, len(shape) == rank && rank > 0 && shape[0] != 1:
		return nil, fmt.Errorf("%s has a constant of shape %v, which fixes the batch of an input with %d axes", layer, shape, rank)
	}
	return append(slices.Repeat([]int{1}, rank-len(shape)), shape...), nil
}

// constantNode is a constant in a graph.
func constantNode(g *graph.Graph, values []float64, shape []int) *graph.Node {
	numbers := make([]float32, len(values))
	for i, v := range values {
		numbers[i] = float32(v)
	}
	return graph.Reshape(graph.Const(g, numbers), shape...)
}

// constantText is a constant as Python, in a call of array where it is more than a number; "" is Keras' list itself.
func constantText(values []float64, shape []int, array string) string {
	if len(shape) == 0 && len(values) == 1 {
		return codec.PythonFloat(values[0])
	}
	var nested func(values []float64, shape []int) string
	nested = func(values []float64, shape []int) string {
		if len(shape) == 0 {
			return codec.PythonFloat(values[0])
		}
		parts := make([]string, shape[0])
		step := len(values) / max(1, shape[0])
		for i := range parts {
			parts[i] = nested(values[i*step:(i+1)*step], shape[1:])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return array + "(" + nested(values, shape) + ")"
}

const (
	kerasTensor = "keras.ops.convert_to_tensor"
	torchTensor = "torch.tensor"
)

// pythonAxes is one axis as a number, several as a tuple.
func pythonAxes(axes []int) string {
	if len(axes) == 1 {
		return fmt.Sprint(axes[0])
	}
	return torchTuple(axes)
}

// kerasAxes are axes of an expression in Keras, nil being all behind the batch.
func kerasAxes(axes []int, of string) string {
	if axes == nil {
		return "tuple(range(1, len(" + of + ".shape)))"
	}
	return pythonAxes(axes)
}

// torchAsHere is one expression for axes as they are here.
func torchAsHere(forward string) ([]TorchStep, error) {
	return []TorchStep{{Forward: forward}}, nil
}
