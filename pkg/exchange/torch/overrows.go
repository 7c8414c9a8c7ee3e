package torch

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// overRows makes one row of all rows of the batch, the same for each of them: their "sum", "mean", "max" or "min", or with
// "count" how many there are. Rows that only fill the batch up don't count.
//
// Shapes: x [batch, …] → the same; of count [batch, 1].
type overRows struct{ Function string }

// MixesRows is true.
func (overRows) MixesRows() bool { return true }

// OutputShape is the input's, but for the count.
func (o overRows) OutputShape(input ...int) ([]int, error) {
	if o.Function == "count" {
		return []int{input[0], 1}, nil
	}
	return input, nil
}

// Apply adds it to the graph.
func (o overRows) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	g, dims := x.Graph(), x.Shape().Dimensions
	mask := nn.BatchMask(g)
	count := graph.Scalar(g, x.DType(), dims[0])
	if mask != nil {
		count = graph.ConvertDType(graph.ReduceAllSum(mask), x.DType())
	}
	fill := func(with float64) *graph.Node {
		if mask == nil {
			return x
		}
		is := graph.GreaterThan(mask, graph.ScalarZero(g, mask.DType()))
		is = graph.Reshape(is, append([]int{dims[0]}, slices.Repeat([]int{1}, len(dims)-1)...)...)
		return graph.Where(graph.BroadcastToDims(is, dims...), x, graph.BroadcastToDims(graph.Scalar(g, x.DType(), with), dims...))
	}
	var row *graph.Node
	switch o.Function {
	case "count":
		return graph.BroadcastToDims(graph.Reshape(count, 1, 1), dims[0], 1)
	case "sum":
		row = graph.ReduceSum(fill(0), 0)
	case "mean":
		row = graph.Div(graph.ReduceSum(fill(0), 0), count)
	case "max":
		row = graph.ReduceMax(fill(lowest), 0)
	case "min":
		row = graph.Neg(graph.ReduceMax(graph.Neg(fill(-lowest)), 0))
	default:
		panic(fmt.Errorf("%q of all rows isn't known", o.Function))
	}
	return graph.BroadcastToDims(graph.Reshape(row, append([]int{1}, dims[1:]...)...), dims...)
}

// lowest stands where nothing counts for a maximum.
const lowest = -3.4e38

// rowCount is how many rows the batch has, times n.
func (b *builder) rowCount(n int) (value, error) {
	in := b.graph.Inputs[0]
	count, err := b.add(overRows{"count"}, of(in.Name, in.Shape))
	if err != nil {
		return value{}, err
	}
	count.axes = [][]int{}
	if n == 1 {
		return count, nil
	}
	return b.binary("multiply", count, number(float64(n)))
}

// reducedOverRows is [builder.reduced] where the batch is among the axes.
func (b *builder) reducedOverRows(function string, x value, axes []int, keep bool) (value, error) {
	if !b.together {
		return x, fmt.Errorf("it makes one number of all rows of the batch")
	}
	batch := x.batchAxis()
	rank := x.rank()
	rest := slices.DeleteFunc(slices.Clone(axes), func(a int) bool { return a == batch })
	apart := x // with what lies on the batch's axis besides as axes of their own
	apart.axes = slices.Clone(x.axes)
	apart.axes[batch] = []int{0}
	for _, a := range x.axes[batch] {
		if a != 0 {
			rest = append(rest, len(apart.axes))
			apart.axes = append(apart.axes, []int{a})
		}
	}
	out, err := b.overAllRows(function, apart, rest)
	if err != nil {
		return x, err
	}
	out.axes = out.axes[:rank]
	if !keep {
		var left [][]int
		for i, from := range out.axes {
			if !slices.Contains(axes, i) {
				left = append(left, from)
			}
		}
		out.axes = left
	}
	return out, nil
}

// overAllRows reduces over the rows and those other axes, all of which stay with size 1.
func (b *builder) overAllRows(function string, x value, rest []int) (value, error) {
	within := func(function string, x value) (value, error) {
		if len(rest) == 0 {
			return x, nil
		}
		return b.reduced(function, x, slices.Clone(rest), true)
	}
	both := func(function, rows string, x value) (value, error) {
		y, err := within(function, x)
		if err != nil {
			return y, err
		}
		out, err := b.add(overRows{rows}, of(y.ref, y.row))
		if err != nil {
			return y, err
		}
		out.axes = slices.Clone(y.axes)
		out.axes[y.batchAxis()] = []int{}
		return out, nil
	}
	apply := func(function string, x value) (value, error) {
		y, err := b.add(nn.Unary{Function: function}, x)
		y.axes = x.axes
		return y, err
	}
	switch function {
	case "sum", "mean", "max", "min":
		return both(function, function, x)
	case "any":
		return both(function, "max", x)
	case "all":
		return both(function, "min", x)
	case "var", "std": // of all values, divided by their number
		mean, err := both("mean", "mean", x)
		if err != nil {
			return x, err
		}
		difference, err := b.binary("subtract", x, mean)
		if err != nil {
			return x, err
		}
		square, err := apply("square", difference)
		if err != nil {
			return x, err
		}
		variance, err := both("mean", "mean", square)
		if err != nil || function == "var" {
			return variance, err
		}
		return apply("sqrt", variance)
	case "norm":
		square, err := apply("square", x)
		if err != nil {
			return x, err
		}
		sum, err := both("sum", "sum", square)
		if err != nil {
			return x, err
		}
		return apply("sqrt", sum)
	case "logsumexp":
		largest, err := both("max", "max", x)
		if err != nil {
			return x, err
		}
		if largest, err = apply("stop_gradient", largest); err != nil {
			return x, err
		}
		difference, err := b.binary("subtract", x, largest)
		if err != nil {
			return x, err
		}
		if difference, err = apply("exp", difference); err != nil {
			return x, err
		}
		sum, err := both("sum", "sum", difference)
		if err != nil {
			return x, err
		}
		if sum, err = apply("log", sum); err != nil {
			return x, err
		}
		return b.binary("add", sum, largest)
	}
	return x, fmt.Errorf("%s of all rows of the batch is not supported", function)
}
