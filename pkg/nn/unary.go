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

// Unary is a function of each value by itself, named as keras.ops has it: absolute, ceil, cos, cosh, erf, erfc, exp, exp2, expm1, floor,
// isfinite, isinf, isnan, log, log10, log1p, log2, logical_not, nan_to_num, negative, ones_like, reciprocal, round, rsqrt, sign, sin, sinh, sqrt, square,
// stop_gradient, tan, trunc, zeros_like. Those
// that are activations are layers of their own, [Sigmoid] for one.
//
// Shapes: x [batch, …] → the same.
type Unary struct {
	Name     string `keras:"-"`                   // empty: "unary", "unary_1", …
	Function string `keras:"function,positional"` // must be one of those
}

var _ = operations.Add(Unary{})

type unaryFunction struct {
	apply     func(*graph.Node) *graph.Node
	torch     string
	low, high float64
}

var unaryFunctions = func() map[string]unaryFunction {
	any := math.Inf(1)
	still := func(f func(*graph.Node) *graph.Node) func(*graph.Node) *graph.Node {
		return func(x *graph.Node) *graph.Node { return graph.StopGradient(f(graph.StopGradient(x))) }
	}
	finite := func(x *graph.Node) *graph.Node { return graph.IsFinite(graph.StopGradient(x)) }
	isNaN := func(x *graph.Node) *graph.Node { return graph.NotEqual(x, x) }
	// cosh and sinh
	halves := func(f func(a, b *graph.Node) *graph.Node) func(*graph.Node) *graph.Node {
		return func(x *graph.Node) *graph.Node {
			return graph.MulScalar(f(graph.Exp(x), graph.Exp(graph.Neg(x))), 0.5)
		}
	}
	scaledLog := func(base float64) func(*graph.Node) *graph.Node {
		return func(x *graph.Node) *graph.Node { return graph.DivScalar(graph.Log(x), math.Log(base)) }
	}
	return map[string]unaryFunction{
		"absolute": {graph.Abs, "{x}.abs()", 0, any},
		"ceil":     {still(graph.Ceil), "{x}.ceil()", -any, any},
		"cos":      {graph.Cos, "{x}.cos()", -1, 1},
		"cosh":     {halves(graph.Add), "{x}.cosh()", 1, any},
		"erf":      {graph.Erf, "{x}.erf()", -1, 1},
		"erfc":     {func(x *graph.Node) *graph.Node { return graph.OneMinus(graph.Erf(x)) }, "{x}.erfc()", 0, 2},
		"exp":      {graph.Exp, "{x}.exp()", 0, any},
		"exp2":     {func(x *graph.Node) *graph.Node { return graph.Exp(graph.MulScalar(x, math.Ln2)) }, "{x}.exp2()", 0, any},
		"expm1":    {func(x *graph.Node) *graph.Node { return graph.MinusOne(graph.Exp(x)) }, "{x}.expm1()", -1, any},
		"floor":    {still(graph.Floor), "{x}.floor()", -any, any},
		"isfinite": {func(x *graph.Node) *graph.Node { return truth(finite(x)) }, "{x}.isfinite().float()", 0, 1},
		"isinf": {func(x *graph.Node) *graph.Node {
			return truth(graph.LogicalNot(graph.LogicalOr(finite(x), isNaN(x))))
		}, "{x}.isinf().float()", 0, 1},
		"isnan":       {func(x *graph.Node) *graph.Node { return truth(isNaN(x)) }, "{x}.isnan().float()", 0, 1},
		"log":         {graph.Log, "{x}.log()", -any, any},
		"log10":       {scaledLog(10), "{x}.log10()", -any, any},
		"log1p":       {graph.Log1p, "{x}.log1p()", -any, any},
		"log2":        {scaledLog(2), "{x}.log2()", -any, any},
		"logical_not": {func(x *graph.Node) *graph.Node { return truth(graph.LogicalNot(isTrue(x))) }, "({x} == 0).float()", 0, 1},
		"nan_to_num": {func(x *graph.Node) *graph.Node {
			ends := between(graph.StopGradient(x), []float64{-math.MaxFloat32, math.MaxFloat32})
			return graph.Where(finite(x), x, graph.Where(isNaN(x), graph.ZerosLike(x), ends))
		}, "{x}.nan_to_num()", -math.MaxFloat32, math.MaxFloat32},
		"negative":   {graph.Neg, "-{x}", -any, any},
		"reciprocal": {graph.Reciprocal, "1 / {x}", -any, any},
		"round":      {still(graph.Round), "{x}.round()", -any, any},
		"rsqrt":      {func(x *graph.Node) *graph.Node { return graph.Reciprocal(graph.Sqrt(x)) }, "{x}.rsqrt()", 0, any},
		"sign":       {still(graph.Sign), "{x}.sign()", -1, 1},
		"sin":        {graph.Sin, "{x}.sin()", -1, 1},
		"sinh":       {halves(graph.Sub), "{x}.sinh()", -any, any},
		"sqrt":       {graph.Sqrt, "{x}.sqrt()", 0, any},
		"square":     {graph.Square, "{x}.square()", 0, any},
		"tan":        {func(x *graph.Node) *graph.Node { return graph.Div(graph.Sin(x), graph.Cos(x)) }, "{x}.tan()", -any, any},
		"trunc": {still(func(x *graph.Node) *graph.Node {
			return graph.Mul(graph.Sign(x), graph.Floor(graph.Abs(x)))
		}), "{x}.trunc()", -any, any},
		"ones_like":     {still(graph.OnesLike), "torch.ones_like({x})", 1, 1},
		"stop_gradient": {graph.StopGradient, "{x}.detach()", -any, any},
		"zeros_like":    {still(graph.ZerosLike), "torch.zeros_like({x})", 0, 0},
	}
}()

// UnaryFunctions are the names that [Unary] knows, in order.
func UnaryFunctions() []string { return slices.Sorted(maps.Keys(unaryFunctions)) }

func (u Unary) function() (unaryFunction, error) {
	f, ok := unaryFunctions[u.Function]
	if !ok {
		return f, fmt.Errorf("Unary.Function is %q, must be one of %s", u.Function, strings.Join(UnaryFunctions(), ", "))
	}
	return f, nil
}

// Apply adds the operation to the graph. It panics when there is no such function.
func (u Unary) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	f, err := u.function()
	if err != nil {
		panic(err)
	}
	return f.apply(asFloat(x))
}

// OutputShape is the input's. The error says that there is no such function.
func (u Unary) OutputShape(input ...int) ([]int, error) {
	_, err := u.function()
	return input, err
}

// Bounds are those of the function.
func (u Unary) Bounds() (low, high float64) {
	if f, ok := unaryFunctions[u.Function]; ok {
		return f.low, f.high
	}
	return math.Inf(-1), math.Inf(1)
}

// Bends is true but for what is linear or constant.
func (u Unary) Bends() bool {
	return !slices.Contains([]string{"negative", "stop_gradient", "ones_like", "zeros_like"}, u.Function)
}

// KerasCall is keras.ops.FUNCTION(x).
func (u Unary) KerasCall(inputs []string) string {
	return "keras.ops." + u.Function + "(" + inputs[0] + ")"
}

// TorchSteps is an expression.
func (u Unary) TorchSteps([][]int) ([]TorchStep, error) {
	f, err := u.function()
	if err != nil {
		return nil, err
	}
	return torchExpression(f.torch)
}
