package nn

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Binary is a function of two values each, named as keras.ops has it: add, divide, divide_no_nan (0 where the divisor is),
// equal, floor_divide, greater, greater_equal, less, less_equal, logaddexp, logical_and, logical_or, logical_xor, maximum, minimum, mod, multiply, not_equal, power,
// subtract, true_divide. The second operand is another input, or a constant:
//
//	nn.Binary{Function: "subtract", Constant: []float64{1}, ConstantFirst: true} // 1 − x
//
// Where both operands of maximum and minimum are equal they share the gradient, as in Keras on JAX.
//
// Shapes: one or two inputs [batch, …] with as many axes each, of which axes of size 1 are repeated → what they come to. A
// constant has at most as many axes; they stand under the last ones.
type Binary struct {
	Name          string    `keras:"-"` // empty: "binary", "binary_1", …
	Function      string    // must be one of those
	Constant      []float64 // with one input the other operand; nil with two
	ConstantShape []int     // of the constant, the last axis being the fastest; nil: one number
	ConstantFirst bool      // the constant is the first operand
}

var _ = operations.Add(Binary{})

type binaryFunction struct {
	apply func(a, b *graph.Node) *graph.Node
	torch string // {0} and {1} are the operands
	truth bool
}

var binaryFunctions = func() map[string]binaryFunction {
	compare := func(f func(a, b *graph.Node) *graph.Node, sign string) binaryFunction {
		return binaryFunction{func(a, b *graph.Node) *graph.Node { return truth(f(a, b)) }, "({0} " + sign + " {1}).float()", true}
	}
	logical := func(f func(a, b *graph.Node) *graph.Node, name string) binaryFunction {
		return binaryFunction{func(a, b *graph.Node) *graph.Node { return truth(f(isTrue(a), isTrue(b))) }, "torch." + name + "({0}, {1}).float()", true}
	}
	return map[string]binaryFunction{
		"add":      {graph.Add, "{0} + {1}", false},
		"subtract": {graph.Sub, "{0} - {1}", false},
		"multiply": {graph.Mul, "{0} * {1}", false},
		"divide":   {graph.Div, "{0} / {1}", false},
		"divide_no_nan": {func(a, b *graph.Node) *graph.Node {
			zero := graph.Equal(b, graph.ZerosLike(b))
			return graph.Where(zero, graph.ZerosLike(a), graph.Div(a, graph.Where(zero, graph.OnesLike(b), b)))
		}, "torch.where({1} == 0, 0.0, {0} / {1})", false},
		"logaddexp": {func(a, b *graph.Node) *graph.Node {
			larger := graph.StopGradient(graph.Max(a, b))
			return graph.Add(larger, graph.Log(graph.Add(graph.Exp(graph.Sub(a, larger)), graph.Exp(graph.Sub(b, larger)))))
		}, "torch.logaddexp({0}, {1})", false},
		"true_divide":   {graph.Div, "{0} / {1}", false},
		"floor_divide":  {wholeQuotient, "{0} // {1}", false},
		"mod":           {func(a, b *graph.Node) *graph.Node { return graph.Sub(a, graph.Mul(wholeQuotient(a, b), b)) }, "{0} % {1}", false},
		"power":         {graph.Pow, "{0} ** {1}", false},
		"maximum":       {func(a, b *graph.Node) *graph.Node { return firstWhere(graph.GreaterThan, a, b) }, "torch.maximum({0}, {1})", false},
		"minimum":       {func(a, b *graph.Node) *graph.Node { return firstWhere(graph.LessThan, a, b) }, "torch.minimum({0}, {1})", false},
		"equal":         compare(graph.Equal, "=="),
		"not_equal":     compare(graph.NotEqual, "!="),
		"greater":       compare(graph.GreaterThan, ">"),
		"greater_equal": compare(graph.GreaterOrEqual, ">="),
		"less":          compare(graph.LessThan, "<"),
		"less_equal":    compare(graph.LessOrEqual, "<="),
		"logical_and":   logical(graph.LogicalAnd, "logical_and"),
		"logical_or":    logical(graph.LogicalOr, "logical_or"),
		"logical_xor":   logical(graph.LogicalXor, "logical_xor"),
	}
}()

// BinaryFunctions are the names that [Binary] knows, in order.
func BinaryFunctions() []string { return slices.Sorted(maps.Keys(binaryFunctions)) }

// wholeQuotient is a/b rounded down, without a gradient.
func wholeQuotient(a, b *graph.Node) *graph.Node {
	return graph.StopGradient(graph.Floor(graph.Div(graph.StopGradient(a), graph.StopGradient(b))))
}

// firstWhere is a where it stands before b or is NaN, else b; equal ones share the gradient.
func firstWhere(before func(a, b *graph.Node) *graph.Node, a, b *graph.Node) *graph.Node {
	half := graph.MulScalar(graph.Add(a, b), 0.5)
	return graph.Where(graph.LogicalOr(before(a, b), graph.NotEqual(a, a)), a, graph.Where(graph.Equal(a, b), half, b))
}

// Apply is [Binary.ApplyAll] of one input and the constant.
func (b Binary) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return b.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds the operation to the graph. It panics when there is no such function and when shapes don't fit.
func (b Binary) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	outputs, err := b.OutputShapes(shapesOf(xs))
	if err != nil {
		panic(err)
	}
	f := binaryFunctions[b.Function]
	x := asFloat(xs[0])
	if len(xs) == 2 {
		return []*graph.Node{f.apply(graph.BroadcastToDims(x, outputs[0]...), graph.BroadcastToDims(asFloat(xs[1]), outputs[0]...))}
	}
	if n, whole := b.exponent(); whole {
		return []*graph.Node{wholePower(x, n)}
	}
	shape, _ := constantShape("Binary", b.Constant, b.ConstantShape, x.Rank()) // checked
	first, second := graph.BroadcastToDims(x, outputs[0]...), graph.BroadcastToDims(constantNode(x.Graph(), b.Constant, shape), outputs[0]...)
	if b.ConstantFirst {
		first, second = second, first
	}
	return []*graph.Node{f.apply(first, second)}
}

// exponent is a whole number of at least 1 that x is raised to.
func (b Binary) exponent() (int, bool) {
	if b.Function != "power" || b.ConstantFirst || len(b.Constant) != 1 || b.ConstantShape != nil {
		return 0, false
	}
	n := b.Constant[0]
	return int(n), n == math.Trunc(n) && n >= 1 && n <= 64
}

// wholePower multiplies, so that the gradient is right where x isn't positive as well.
func wholePower(x *graph.Node, n int) *graph.Node {
	if n == 1 {
		return x
	}
	y := graph.Square(wholePower(x, n/2))
	if n%2 == 1 {
		y = graph.Mul(y, x)
	}
	return y
}

// OutputShapes is what both operands come to. The error says why they can't be combined.
func (b Binary) OutputShapes(inputs [][]int) ([][]int, error) {
	if _, ok := binaryFunctions[b.Function]; !ok {
		return nil, fmt.Errorf("Binary.Function is %q, must be one of %s", b.Function, strings.Join(BinaryFunctions(), ", "))
	}
	layer := "Binary " + b.Function
	operands := slices.Clone(inputs)
	switch {
	case len(inputs) > 2, len(inputs) == 2 && b.Constant != nil:
		return nil, fmt.Errorf("%s takes two operands, here are %d inputs and a constant of %d numbers", layer, len(inputs), len(b.Constant))
	case len(inputs) == 1:
		constant, err := constantShape(layer, b.Constant, b.ConstantShape, len(inputs[0]))
		if err != nil {
			return nil, err
		}
		operands = append(operands, constant)
	}
	out, err := broadcast(layer, operands)
	return [][]int{out}, err
}

// Bounds are 0 and 1 of what is true or not, and a constant that limits; else infinite.
func (b Binary) Bounds() (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	switch {
	case binaryFunctions[b.Function].truth:
		return 0, 1
	case len(b.Constant) == 1 && b.Function == "maximum":
		low = b.Constant[0]
	case len(b.Constant) == 1 && b.Function == "minimum":
		high = b.Constant[0]
	}
	return low, high
}

// Bends is true but for sums, and products with a constant.
func (b Binary) Bends() bool {
	switch b.Function {
	case "add", "subtract":
		return false
	case "multiply":
		return b.Constant == nil
	case "divide", "true_divide":
		return b.Constant == nil || b.ConstantFirst
	}
	return true
}

func (b Binary) operands(inputs []string, array string) []string {
	if len(inputs) > 1 {
		return inputs
	}
	constant := constantText(b.Constant, b.ConstantShape, array)
	if b.ConstantFirst {
		return []string{constant, inputs[0]}
	}
	return []string{inputs[0], constant}
}

// KerasCall is keras.ops.FUNCTION(a, b).
func (b Binary) KerasCall(inputs []string) string {
	return "keras.ops." + b.Function + "(" + strings.Join(b.operands(inputs, kerasTensor), ", ") + ")"
}

// TorchSteps is an expression.
func (b Binary) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := b.OutputShapes(inputs); err != nil {
		return nil, err
	}
	operands := []string{"{0}", "{1}"}
	if len(inputs) == 1 {
		operands = b.operands([]string{"{x}"}, torchTensor)
	}
	text := binaryFunctions[b.Function].torch
	if strings.HasPrefix(text, "torch.") && len(b.ConstantShape) == 0 && len(inputs) == 1 { // which take tensors only
		constant := slices.Index(operands, constantText(b.Constant, nil, ""))
		operands[constant] = torchTensor + "(" + operands[constant] + ")"
	}
	step := TorchStep{Forward: strings.NewReplacer("{0}", operands[0], "{1}", operands[1]).Replace(text)}
	if len(b.ConstantShape) == 0 {
		step.Layout = ChannelsAnywhere
	}
	return []TorchStep{step}, nil
}
