package torch

import (
	"fmt"
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
			return nil, fmt.Errorf("over all axes it makes one number of all rows")
		}
		if function == "var" || function == "std" {
			if c.has("unbiased") && c.flag("unbiased", true) || !c.has("unbiased") {
				if n, err := c.number("correction", 1); err != nil || n != 0 {
					return nil, fmt.Errorf("the unbiased one is not supported: give unbiased=False")
				}
			}
		}
		return one(c.b.reduced(function, x, axes, c.flag("keepdim", false)))
	}
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
	batch := x.batchAxis()
	if slices.Contains(axes, batch) {
		return x, fmt.Errorf("it makes one number of all rows of the batch")
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
	for torch, function := range map[string]string{"mean": "mean", "sum": "sum", "amax": "max", "amin": "min", "logsumexp": "logsumexp", "var": "var", "std": "std", "argmax": "argmax", "argmin": "argmin", "any": "any", "all": "all"} {
		reads(reduction(function), torch)
	}
	for _, function := range []string{"max", "min"} {
		reads(func(c *call) ([]value, error) {
			if !c.has("dim") {
				return nil, fmt.Errorf("over all axes it makes one number of all rows")
			}
			return reduction(function)(c) // the places beside the values are read by nobody, or named there
		}, function+".dim")
	}
	reads(combining("maximum"), "max.other")
	reads(combining("minimum"), "min.other")
}
