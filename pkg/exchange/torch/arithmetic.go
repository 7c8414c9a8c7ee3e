package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// combining is a function of two tensors that are broadcast.
func combining(function string) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		x, err := c.tensor("self")
		if err != nil {
			return nil, err
		}
		y, err := c.tensor("other")
		if err != nil {
			return nil, err
		}
		function, whole := function, ""
		switch mode := c.text("rounding_mode", ""); mode {
		case "":
		case "floor":
			function = "floor_divide"
		case "trunc":
			whole = "trunc"
		default:
			return nil, fmt.Errorf("rounding_mode %q is not supported", mode)
		}
		alpha, err := c.number("alpha", 1)
		if err != nil {
			return nil, err
		}
		if alpha != 1 {
			if y, err = c.b.binary("multiply", y, number(alpha)); err != nil {
				return nil, err
			}
		}
		out, err := c.b.binary(function, x, y)
		if err != nil || whole == "" {
			return one(out, err)
		}
		if !out.isNode() {
			return nil, fmt.Errorf("rounding_mode %q is not supported of what doesn't depend on the input", whole)
		}
		return one(c.b.each(nn.Unary{Function: whole}, out))
	}
}

func number(x float64) value {
	return knownValue(tensor{shape: []int{}, values: []float32{float32(x)}})
}

// binary combines two values, at least one of them a node.
func (b *builder) binary(function string, x, y value) (value, error) {
	if !x.isNode() && !y.isNode() {
		return b.knownBinary(function, x, y)
	}
	if x.isNode() && y.isNode() && slices.Equal(x.row, y.row) && slices.EqualFunc(x.axes, y.axes, slices.Equal) {
		out, err := b.add(merge(function), x, y)
		out.axes = x.axes
		return out, err
	}
	for _, v := range []struct{ node, known value }{{x, y}, {y, x}} { // one number goes with any order of axes
		if v.node.isNode() && v.known.known != nil && len(v.known.known.values) == 1 && len(v.known.known.shape) <= v.node.rank() && v.known.parameter == "" {
			out, err := b.add(nn.Binary{Function: function, Constant: v.known.known.floats(), ConstantFirst: x.known != nil}, v.node)
			out.axes = v.node.axes
			return out, err
		}
	}
	x, y = b.parameterNode(x), b.parameterNode(y)
	a, err := b.align(0, x, y)
	if err != nil {
		return value{}, err
	}
	var out value
	switch {
	case a.consts[0] != nil:
		out, err = b.add(nn.Binary{Function: function, Constant: a.consts[0].floats(), ConstantShape: a.consts[0].shape, ConstantFirst: true}, a.values[1])
	case a.consts[1] != nil:
		out, err = b.add(nn.Binary{Function: function, Constant: a.consts[1].floats(), ConstantShape: a.consts[1].shape}, a.values[0])
	default:
		out, err = b.add(nn.Binary{Function: function}, a.values[0], a.values[1])
	}
	if err != nil {
		return value{}, err
	}
	return a.result(out), nil
}

// merge is the layer that people know for an operation of equal shapes.
func merge(function string) nn.Layer {
	switch function {
	case "add":
		return nn.Add{}
	case "multiply":
		return nn.Multiply{}
	}
	return nn.Binary{Function: function}
}

// parameterNode gives a parameter that an operation takes by itself a node.
func (b *builder) parameterNode(v value) value {
	if v.parameter == "" {
		return v
	}
	shape := v.known.shape
	if len(shape) == 0 {
		shape = []int{1}
	}
	if o, ok := b.owners[v.parameter]; ok && o.key == "parameter" {
		return value{ref: o.node, row: shape, axes: behindBatch(len(v.known.shape))}
	}
	if _, ok := b.owners[v.parameter]; ok {
		return v // the operation will say that it's taken
	}
	name := v.parameter
	for i := 1; b.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", v.parameter, i)
	}
	b.taken[name] = true
	var l nn.Layer = nn.Parameter{Shape: shape, Initializer: drawnLike(*v.known)}
	if v.known.still {
		l = nn.Frozen{Layer: l}
	}
	b.graph.Nodes = append(b.graph.Nodes, nn.Node{Name: name, Layer: l, From: []string{b.graph.Inputs[0].Name}})
	asShaped := func(from []tensor) (tensor, error) { t := from[0]; t.shape = shape; return t, nil }
	if err := b.take(name, "parameter", weight{"value", []string{v.parameter}, asShaped}); err != nil {
		return v
	}
	return value{ref: name, row: shape, axes: behindBatch(len(v.known.shape))}
}

// behindBatch are the axes of a node that has the same for all rows.
func behindBatch(rank int) [][]int {
	axes := [][]int{}
	for i := range rank {
		axes = append(axes, []int{i + 1})
	}
	return axes
}

// asNode gives what is known, or a parameter, a node of its own.
func (b *builder) asNode(c *call, v value) (value, error) {
	if v.parameter != "" {
		if n := b.parameterNode(v); n.isNode() {
			return n, nil
		}
		return v, fmt.Errorf("the parameter %q is used in another way elsewhere, which isn't supported", v.parameter)
	}
	return v, fmt.Errorf("it takes a tensor that doesn't depend on the input, of shape %v: that isn't supported", v.shape())
}

func init() {
	for torch, function := range map[string]string{
		"add": "add", "add_": "add", "sub": "subtract", "sub_": "subtract", "mul": "multiply", "mul_": "multiply", "div": "divide", "div_": "divide",
		"pow": "power", "maximum": "maximum", "minimum": "minimum", "remainder": "mod", "floor_divide": "floor_divide",
		"eq": "equal", "ne": "not_equal", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal",
		"logical_and": "logical_and", "logical_or": "logical_or", "logical_xor": "logical_xor", "bitwise_and": "logical_and", "bitwise_or": "logical_or",
		"and": "logical_and", "or": "logical_or",
	} {
		reads(combining(function), torch)
	}
	reads(func(c *call) ([]value, error) { // other − self
		x, err := c.tensor("self")
		if err != nil {
			return nil, err
		}
		y, err := c.tensor("other")
		if err != nil {
			return nil, err
		}
		return one(c.b.binary("subtract", y, x))
	}, "rsub")
	reads(readPower, "pow.Tensor_Scalar", "pow.Scalar", "pow.Tensor_Tensor", "pow_")
}

func readPower(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	y, err := c.tensor("exponent")
	if err != nil {
		return nil, err
	}
	if x.isNode() && y.known != nil && len(y.known.values) == 1 && y.known.values[0] == 2 { // whose gradient takes no logarithm
		out, err := c.b.add(nn.Unary{Function: "square"}, x)
		out.axes = x.axes
		return one(out, err)
	}
	return one(c.b.binary("power", x, y))
}
