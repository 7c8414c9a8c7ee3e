package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

func reduction(function string) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		x, err := c.node("self")
		if err != nil {
			return nil, err
		}
		axes, err := c.ints("dim")
		if err != nil {
			return nil, err
		}
		if len(axes) == 0 {
			if !c.b.together && x.batchAxis() >= 0 {
				return nil, fmt.Errorf("over all axes it makes one number of all rows")
			}
			axes = identity(x.rank())
		}
		y, err := c.b.reduced(function, x, axes, c.flag("keepdim", false))
		if err != nil || function != "var" && function != "std" {
			return one(y, err)
		}
		n := size{n: 1}
		for _, a := range axes {
			n = times(n, x.shape()[a])
		}
		return one(c.unbiased(y, function, n))
	}
}

// unbiased divides by as many values as PyTorch does, which is one less than there are if nothing else is said.
func (c *call) unbiased(y value, function string, of size) (value, error) {
	correction, err := c.number("correction", 1)
	if err != nil {
		return y, err
	}
	if c.has("unbiased") && !c.flag("unbiased", true) {
		correction = 0
	}
	if correction == 0 {
		return y, nil
	}
	factor := number(float64(of.n) / max(0, float64(of.n)-correction))
	if of.batch {
		count, err := c.b.rowCount(of.n)
		if err != nil {
			return y, err
		}
		less, err := c.b.binary("subtract", count, number(correction))
		if err != nil {
			return y, err
		}
		if factor, err = c.b.binary("divide", count, less); err != nil {
			return y, err
		}
	}
	if function == "std" {
		if factor, err = c.b.binary("power", factor, number(0.5)); err != nil {
			return y, err
		}
	}
	return c.b.binary("multiply", y, factor)
}

// reduced makes one number of all along PyTorch's axes.
func (b *builder) reduced(function string, x value, axes []int, keep bool) (value, error) {
	for i := range axes {
		a, err := axisOf(axes[i], x.rank())
		if err != nil {
			return x, err
		}
		axes[i] = a
	}
	if slices.Contains(axes, x.batchAxis()) {
		return b.reducedOverRows(function, x, axes, keep)
	}
	var over []int
	for _, a := range axes {
		over = append(over, x.axes[a]...)
	}
	slices.Sort(over)
	var out value
	var err error
	if len(over) == 0 {
		out = of(x.ref, x.row)
	} else if len(over) == len(x.row) { // a row is never without axes here
		if out, err = b.add(nn.Reduce{Function: function, Axes: over, KeepDims: true}, of(x.ref, x.row)); err == nil {
			out = of(b.plain(nn.Reshape{Target: []int{1}}, out.ref), []int{1})
		}
	} else {
		out, err = b.add(nn.Reduce{Function: function, Axes: over}, of(x.ref, x.row))
	}
	if err != nil {
		return x, err
	}
	out.axes = nil
	for i, from := range x.axes {
		if slices.Contains(axes, i) {
			if keep {
				out.axes = append(out.axes, []int{})
			}
			continue
		}
		var moved []int
		for _, a := range from {
			less := 0
			for _, o := range over {
				if o < a {
					less++
				}
			}
			moved = append(moved, a-less)
		}
		out.axes = append(out.axes, moved)
	}
	return out, nil
}

func init() {
	for torch, function := range map[string]string{"mean": "mean", "sum": "sum", "amax": "max", "amin": "min", "logsumexp": "logsumexp", "var": "var", "std": "std", "argmax": "argmax", "argmin": "argmin", "any": "any", "all": "all", "prod": "prod"} {
		reads(reduction(function), torch)
	}
	for _, function := range []string{"max", "min"} {
		reads(func(c *call) ([]value, error) {
			return reduction(function)(c) // the places beside the values are read by nobody, or named there
		}, function+".dim", function)
	}
	reads(func(c *call) ([]value, error) {
		name := "ord"
		if !c.has(name) {
			name = "p"
		}
		order, err := c.number(name, 2)
		switch {
		case err != nil:
			return nil, err
		case order != 2:
			return c.normOf(order)
		}
		return reduction("norm")(c)
	}, "linalg_vector_norm", "norm")
	reads(func(c *call) ([]value, error) {
		x, axis, err := c.nodeAndAxis(0)
		if err != nil {
			return nil, err
		}
		return one(c.b.along(x, axis, nn.Cumsum{Axis: -1}))
	}, "cumsum")
	reads(combining("maximum"), "max.other")
	reads(combining("minimum"), "min.other")
}

// normOf is a norm of another order: the sum, or the largest or smallest, of absolute values, or a root of the sum of their powers.
func (c *call) normOf(order float64) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	axes, err := c.ints("dim")
	if err != nil {
		return nil, err
	}
	if len(axes) == 0 {
		axes = identity(x.rank())
	}
	if x, err = c.b.each(nn.Unary{Function: "absolute"}, x); err != nil {
		return nil, err
	}
	function := "sum"
	switch {
	case math.IsInf(order, 1):
		function = "max"
	case math.IsInf(order, -1):
		function = "min"
	case order == 1:
	case order > 1:
		if x, err = c.b.binary("power", x, number(order)); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("the norm of order %g is not supported", order)
	}
	y, err := c.b.reduced(function, x, axes, c.flag("keepdim", false))
	if err != nil || order == 1 || math.IsInf(order, 0) {
		return one(y, err)
	}
	return one(c.b.binary("power", y, number(1/order)))
}
