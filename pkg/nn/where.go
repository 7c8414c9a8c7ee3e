package nn

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Where takes values from one input where a condition isn't 0 and from another elsewhere. Each of the two may be a number
// instead.
//
//	nn.Where{Else: []float64{-1e9}} // x where the condition holds, −1e9 elsewhere; inputs: condition, x
//
// Shapes: condition, then what isn't a number of the two, [batch, …] with as many axes each → what they come to.
type Where struct {
	Name string    `keras:"-"` // empty: "where", "where_1", …
	Then []float64 // one number in place of the second input; nil: an input
	Else []float64 // one number in place of the last input; nil: an input
}

var _ = operations.Add(Where{})

// Apply is [Where.ApplyAll] of a condition and two numbers.
func (w Where) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return w.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds the operation to the graph. It panics when shapes don't fit.
func (w Where) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	outputs, err := w.OutputShapes(shapesOf(xs))
	if err != nil {
		panic(err)
	}
	spread := func(x *graph.Node) *graph.Node { return graph.BroadcastToDims(x, outputs[0]...) }
	condition, rest := spread(isTrue(asFloat(xs[0]))), xs[1:]
	take := func(number []float64) *graph.Node {
		if number != nil {
			return spread(constantNode(xs[0].Graph(), number, xs[0].Shape().Dimensions[:0]))
		}
		x := rest[0]
		rest = rest[1:]
		return spread(asFloat(x))
	}
	then := take(w.Then)
	return []*graph.Node{graph.Where(condition, then, take(w.Else))}
}

// OutputShapes is what all inputs come to. The error says what doesn't fit.
func (w Where) OutputShapes(inputs [][]int) ([][]int, error) {
	want := 3
	for _, number := range [][]float64{w.Then, w.Else} {
		if number != nil {
			want--
		}
		if len(number) > 1 {
			return nil, fmt.Errorf("Where takes one number, here are %v", number)
		}
	}
	if len(inputs) != want {
		return nil, fmt.Errorf("Where needs %d inputs, the condition and what isn't a number; here are %d", want, len(inputs))
	}
	out, err := broadcast("Where", inputs)
	return [][]int{out}, err
}

// Bends is true.
func (Where) Bends() bool { return true }

// KerasCall is keras.ops.where.
func (w Where) KerasCall(inputs []string) string {
	return "keras.ops.where(" + strings.Join(w.operands(inputs), ", ") + ")"
}

func (w Where) operands(inputs []string) []string {
	operands, rest := inputs[:1:1], inputs[1:]
	for _, number := range [][]float64{w.Then, w.Else} {
		if number != nil {
			operands = append(operands, codec.PythonFloat(number[0]))
		} else {
			operands, rest = append(operands, rest[0]), rest[1:]
		}
	}
	return operands
}

// TorchSteps is torch.where.
func (w Where) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := w.OutputShapes(inputs); err != nil {
		return nil, err
	}
	operands := w.operands([]string{"{0} != 0", "{1}", "{2}"}[:len(inputs)])
	return torchAsHere("torch.where(" + strings.Join(operands, ", ") + ")")
}
