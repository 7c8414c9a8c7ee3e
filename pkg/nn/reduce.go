package nn

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Reduce makes one number of all along axes, by a function named as keras.ops has it: all, any, argmax, argmin, logsumexp,
// max, mean, min, norm (the root of the sum of squares), prod, ptp (largest less smallest), std, sum, var (of all values, divided by their number). Of equal
// largest values all share the gradient.
//
// Shapes: x [batch, …] → the same without the axes, or with 1 in their place.
type Reduce struct {
	Name     string `keras:"-"` // empty: "reduce", "reduce_1", …
	Function string // must be one of those
	Axes     []int  // behind the batch; nil: all behind the batch; argmax and argmin take one
	KeepDims bool   // leaves the axes with size 1
}

var _ = operations.Add(Reduce{})

type reduceFunction struct {
	apply func(x *graph.Node, axes ...int) *graph.Node // without the axes
	torch string                                       // %s: axes and keepdim
	low   float64
	high  float64
}

var reduceFunctions = func() map[string]reduceFunction {
	any := math.Inf(1)
	mean := graph.ReduceMean
	variance := func(x *graph.Node, axes ...int) *graph.Node {
		return mean(graph.Square(graph.Sub(x, graph.ReduceAndKeep(x, mean, axes...))), axes...)
	}
	norm := func(x *graph.Node, axes ...int) *graph.Node {
		return graph.Sqrt(graph.ReduceSum(graph.Square(x), axes...))
	}
	smallestOf := func(x *graph.Node, axes ...int) *graph.Node {
		return graph.Neg(largestOf(graph.Neg(x), axes...))
	}
	return map[string]reduceFunction{
		"sum":  {graph.ReduceSum, "{x}.sum(%s)", -any, any},
		"mean": {mean, "{x}.mean(%s)", -any, any},
		"max":  {largestOf, "{x}.amax(%s)", -any, any},
		"min":  {smallestOf, "{x}.amin(%s)", -any, any},
		"var":  {variance, "{x}.var(%s, correction=0)", 0, any},
		"std":  {func(x *graph.Node, axes ...int) *graph.Node { return graph.Sqrt(variance(x, axes...)) }, "{x}.std(%s, correction=0)", 0, any},
		"norm": {norm, "torch.linalg.vector_norm({x}, %s)", 0, any},
		"prod": {product, "{x}.prod(%s)", -any, any},
		"ptp": {func(x *graph.Node, axes ...int) *graph.Node {
			return graph.Sub(largestOf(x, axes...), smallestOf(x, axes...))
		}, "{x}.amax(%[1]s) - {x}.amin(%[1]s)", 0, any},
		"logsumexp": {logSumExp, "{x}.logsumexp(%s)", -any, any},
		"any": {func(x *graph.Node, axes ...int) *graph.Node {
			return truth(isTrue(graph.ReduceMax(truth(isTrue(x)), axes...)))
		}, "({x} != 0).any(%s).float()", 0, 1},
		"all": {func(x *graph.Node, axes ...int) *graph.Node {
			return truth(isTrue(graph.ReduceMin(truth(isTrue(x)), axes...)))
		}, "({x} != 0).all(%s).float()", 0, 1},
		"argmax": {func(x *graph.Node, axes ...int) *graph.Node {
			return graph.StopGradient(graph.ConvertDType(graph.ArgMax(graph.StopGradient(x), axes[0]), dtypes.Float32))
		}, "{x}.argmax(%s).float()", 0, any},
		"argmin": {func(x *graph.Node, axes ...int) *graph.Node {
			return graph.StopGradient(graph.ConvertDType(graph.ArgMin(graph.StopGradient(x), axes[0]), dtypes.Float32))
		}, "{x}.argmin(%s).float()", 0, any},
	}
}()

// ReduceFunctions are the names that [Reduce] knows, in order.
func ReduceFunctions() []string { return slices.Sorted(maps.Keys(reduceFunctions)) }

// logSumExp is the logarithm of the sum of exponentials. The largest value is taken out first.
func logSumExp(x *graph.Node, axes ...int) *graph.Node {
	largest := graph.StopGradient(graph.ReduceAndKeep(x, graph.ReduceMax, axes...))
	sum := graph.ReduceSum(graph.Exp(graph.Sub(x, largest)), axes...)
	return graph.Add(graph.Log(sum), graph.Reshape(largest, sum.Shape().Dimensions...))
}

// product multiplies by halves, so that gradients are right where values are 0.
func product(x *graph.Node, axes ...int) *graph.Node {
	for i := len(axes) - 1; i >= 0; i-- { // from the last, so that the others keep their numbers
		axis := axes[i]
		for n := x.Shape().Dim(axis); n > 1; n = (n + 1) / 2 {
			first, rest := graph.SliceAxis(x, axis, graph.AxisRange(0, n/2)), graph.SliceAxis(x, axis, graph.AxisRange(n/2, n/2*2))
			halves := graph.Mul(first, rest)
			if n%2 == 1 {
				halves = graph.Concatenate([]*graph.Node{halves, graph.SliceAxis(x, axis, graph.AxisRange(n-1, n))}, axis)
			}
			x = halves
		}
		x = graph.Squeeze(x, axis)
	}
	return x
}

// plan works out the axes and the output's shape with and without them.
func (r Reduce) plan(input []int) (axes, kept, out []int, err error) {
	if _, ok := reduceFunctions[r.Function]; !ok {
		return nil, nil, nil, fmt.Errorf("Reduce.Function is %q, must be one of %s", r.Function, strings.Join(ReduceFunctions(), ", "))
	}
	if axes, err = axesBehind("Reduce.Axes", r.Axes, len(input)); err != nil {
		return nil, nil, nil, err
	}
	if strings.HasPrefix(r.Function, "arg") && len(axes) != 1 {
		return nil, nil, nil, fmt.Errorf("Reduce.Axes is %v, %s takes one axis", r.Axes, r.Function)
	}
	kept = slices.Clone(input)
	for a, d := range input {
		if slices.Contains(axes, a) {
			kept[a] = 1
		} else {
			out = append(out, d)
		}
	}
	if r.KeepDims {
		out = kept
	}
	return axes, kept, out, nil
}

// Apply adds the operation to the graph. It panics when there is no such function or axis.
func (r Reduce) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axes, _, out, err := r.plan(x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	return graph.Reshape(reduceFunctions[r.Function].apply(asFloat(x), axes...), out...)
}

// OutputShape is the input's without the axes. The error says what isn't there.
func (r Reduce) OutputShape(input ...int) ([]int, error) {
	_, _, out, err := r.plan(input)
	return out, err
}

// Bounds are those of the function.
func (r Reduce) Bounds() (low, high float64) {
	if f, ok := reduceFunctions[r.Function]; ok {
		return f.low, f.high
	}
	return math.Inf(-1), math.Inf(1)
}

// Bends is true but for sums and means.
func (r Reduce) Bends() bool { return r.Function != "sum" && r.Function != "mean" }

// KerasCall is keras.ops.FUNCTION(x, axis=AXES).
func (r Reduce) KerasCall(inputs []string) string {
	text := "keras.ops." + r.Function + "(" + inputs[0] + ", axis=" + kerasAxes(r.Axes, inputs[0])
	if r.KeepDims {
		text += ", keepdims=True"
	}
	return text + ")"
}

// TorchSteps is a method of tensors.
func (r Reduce) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	axes, _, _, err := r.plan(inputs[0])
	if err != nil {
		return nil, err
	}
	keep := ""
	if r.KeepDims {
		keep = ", keepdim=True"
	}
	if r.Function == "prod" { // which takes one axis
		text := "{x}"
		for _, axis := range slices.Backward(axes) {
			text += fmt.Sprintf(".prod(dim=%d%s)", axis, keep)
		}
		return torchAsHere(text)
	}
	return torchAsHere(fmt.Sprintf(reduceFunctions[r.Function].torch, "dim="+pythonAxes(axes)+keep))
}
