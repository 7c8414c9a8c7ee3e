package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// elementwise is a function of each value by itself, wherever the axes lie.
func elementwise(l nn.Layer) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) { return eachValue(c, l) }
}

func eachValue(c *call, l nn.Layer) ([]value, error) {
	name := "self"
	if !c.has(name) {
		name = "input"
	}
	x, err := c.tensor(name)
	if err != nil {
		return nil, err
	}
	if x = c.b.parameterNode(x); !x.isNode() {
		return one(c.knownUnary(x, l))
	}
	y, err := c.b.add(l, x)
	y.axes = x.axes
	return one(y, err)
}

var _ = reads(elementwise(nn.ReLU{}), "relu", "relu_")
var _ = reads(elementwise(nn.Sigmoid{}), "sigmoid", "sigmoid_")
var _ = reads(elementwise(nn.Tanh{}), "tanh", "tanh_")
var _ = reads(elementwise(nn.Swish{}), "silu", "silu_")
var _ = reads(elementwise(nn.Mish{}), "mish", "mish_")
var _ = reads(elementwise(nn.SELU{}), "selu", "selu_")
var _ = reads(elementwise(nn.ReLU{MaxValue: 6}), "relu6", "relu6_")
var _ = reads(elementwise(nn.LogSigmoid{}), "log_sigmoid")

var _ = reads(func(c *call) ([]value, error) {
	return eachValue(c, nn.GELU{Approximate: c.text("approximate", "none") == "tanh"})
}, "gelu", "gelu_")

var _ = reads(func(c *call) ([]value, error) {
	slope, err := c.number("negative_slope", 0.01)
	if err != nil {
		return nil, err
	}
	return eachValue(c, nn.LeakyReLU{NegativeSlope: slope})
}, "leaky_relu", "leaky_relu_")

var _ = reads(func(c *call) ([]value, error) {
	alpha, err := c.number("alpha", 1)
	if err != nil {
		return nil, err
	}
	return eachValue(c, nn.ELU{Alpha: alpha})
}, "elu", "elu_")

func init() {
	for torch, function := range map[string]string{
		"abs": "absolute", "neg": "negative", "exp": "exp", "log": "log", "sqrt": "sqrt", "rsqrt": "rsqrt", "square": "square", "sin": "sin", "cos": "cos",
		"tan": "tan", "erf": "erf", "floor": "floor", "ceil": "ceil", "sign": "sign", "log1p": "log1p", "expm1": "expm1", "log2": "log2", "log10": "log10",
		"reciprocal": "reciprocal", "sinh": "sinh", "cosh": "cosh", "round": "round", "trunc": "trunc", "exp2": "exp2", "erfc": "erfc", "nan_to_num": "nan_to_num", "logical_not": "logical_not", "bitwise_not": "logical_not", "zeros_like": "zeros_like", "ones_like": "ones_like", "detach": "stop_gradient",
	} {
		reads(elementwise(nn.Unary{Function: function}), torch)
	}
}

// same is an operation that gives what it takes.
func same(c *call) ([]value, error) {
	name := "self"
	if !c.has(name) {
		name = "input"
	}
	return one(c.tensor(name))
}

var _ = reads(same, "contiguous", "clone", "alias", "lift_fresh_copy", "requires_grad", "detach_")
var _ = reads(readConversion, "to", "to_copy", "type_as")

// readConversion gives numbers another type: truth values of what isn't 0, integers without their fractions. Other numbers stay
// what they are.
func readConversion(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil || len(c.Outputs) == 0 || c.Outputs[0].Tensor == nil {
		return []value{x}, err
	}
	whole, dtype := c.makesWhole(), c.b.meta[c.Outputs[0].Tensor.Name].Dtype
	was := x.whole || x.known != nil && x.known.whole
	switch {
	case !whole && x.known != nil && was:
		t := *x.known
		t.whole = false
		x.known = &t
	case dtype == truthType && x.isNode():
		if x, err = c.b.binary("not_equal", x, number(0)); err != nil {
			return nil, err
		}
	case whole && !was && x.isNode():
		if x, err = c.b.each(nn.Unary{Function: "trunc"}, x); err != nil {
			return nil, err
		}
	case whole && x.known != nil:
		if x.parameter != "" {
			return nil, fmt.Errorf("the parameter %q becomes whole, which isn't supported", x.parameter)
		}
		t := *x.known
		t.whole, t.values = true, slices.Clone(t.values)
		for i, v := range t.values {
			if t.values[i] = float32(math.Trunc(float64(v))); dtype == truthType {
				t.values[i] = float32(truth(v != 0))
			}
		}
		x = value{known: &t, extent: x.extent}
	}
	x.whole = whole
	return []value{x}, nil
}

// truthType is PyTorch's ScalarType of truth values.
const truthType = 12

// prelu has a slope of its own for each channel, or one for all.
var _ = reads(func(c *call) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	slope, shape, err := c.parameterOf("weight")
	if err != nil {
		return nil, err
	}
	if x, err = c.b.batchFirst(x); err != nil {
		return nil, err
	}
	l := nn.PReLU{AlphaInitializer: nn.Constant{Value: 0.25}}
	want := slices.Repeat([]int{1}, len(x.row))
	for i := range x.row {
		if i > 0 || shape[0] == 1 {
			l.SharedAxes = append(l.SharedAxes, i+1)
		} else if want[0] = x.row[0]; x.row[0] != shape[0] {
			return nil, fmt.Errorf("%d slopes for %d channels", shape[0], x.row[0])
		}
	}
	return c.b.layer(l, []weight{{"alpha", []string{slope}, func(from []tensor) (tensor, error) {
		t := from[0]
		t.shape = want
		return t, nil
	}}}, x)
}, "prelu")

// glu multiplies one half by the sigmoid of the other.
var _ = reads(func(c *call) ([]value, error) {
	x, axis, err := c.nodeAndAxis(-1)
	if err != nil {
		return nil, err
	}
	return one(c.b.along(x, axis, nn.GLU{}))
}, "glu")
