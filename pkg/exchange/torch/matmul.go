package torch

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	name := "other"
	if c.operation == "bmm.default" {
		name = "mat2"
	}
	y, err := c.tensor(name)
	if err != nil {
		return nil, err
	}
	return c.matmul(x, y)
}, "matmul", "bmm", "mm")

// matmul multiplies matrices.
func (c *call) matmul(x, y value) ([]value, error) {
	if c.b.owners[y.parameter].key == "parameter" { // it has a node of its own already
		y = c.b.parameterNode(y)
	}
	switch {
	case x.isNode() && y.parameter != "" && len(y.known.shape) == 2:
		return c.timesParameter(x, y)
	case x.isNode() && y.parameter != "" && len(y.known.shape) == 1:
		return c.timesVector(x, y)
	}
	x, y = c.b.parameterNode(x), c.b.parameterNode(y)
	if x.rank() < 2 || y.rank() < 2 {
		return nil, fmt.Errorf("a product of shapes %v is not supported", shapesOf([]value{x, y}))
	}
	if x.isNode() && !y.isNode() && y.rank() == 2 && y.known.extent2() {
		turned, back, err := c.b.last(x, x.rank()-1)
		if err != nil {
			return nil, err
		}
		out, err := c.b.add(nn.Matmul{Constant: y.known.floats(), ConstantShape: y.known.shape}, turned)
		if err != nil {
			return nil, err
		}
		out.axes = turned.axes
		return []value{back(out)}, nil
	}
	if !x.isNode() || !y.isNode() {
		return nil, fmt.Errorf("a product of a tensor that is known and one of shape %v is not supported", y.shape())
	}
	return one(c.b.product(x, y))
}

// product multiplies nodes.
func (b *builder) product(x, y value) (value, error) {
	if x.batchAxis() == x.rank()-2 && y.batchAxis() < 0 && x.rank() == 2 {
		x.axes = [][]int{x.axes[0], {}, x.axes[1]} // each row is a matrix of one line
		x, err := b.tidy(x)
		if err != nil {
			return value{}, err
		}
		y.axes = append([][]int{{}}, y.axes...)
		out, err := b.product(x, y)
		if err != nil {
			return out, err
		}
		out.axes = [][]int{append(append([]int{}, out.axes[0]...), out.axes[1]...), out.axes[2]}
		return out, nil
	}
	a, err := b.align(2, x, y)
	if err != nil {
		return value{}, err
	}
	out, err := b.add(nn.Matmul{}, a.values...)
	if err != nil {
		return value{}, err
	}
	return a.result(out), nil
}

func (t *tensor) extent2() bool {
	return t != nil && len(t.shape) == 2 && t.shape[0] > 0 && t.shape[1] > 0
}

// timesParameter multiplies by a parameter, which so is the kernel of a Dense without a bias.
func (c *call) timesParameter(x, y value) ([]value, error) {
	turned, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return nil, err
	}
	d := nn.Dense{Units: y.known.shape[1], NoBias: true, KernelInitializer: drawnLike(*y.known)}
	return alongLast(c, d, []weight{{"kernel", []string{y.parameter}, nil}}, turned, back)
}

// einsum of two tensors, whose batch is one letter.
var _ = reads(func(c *call) ([]value, error) {
	equation := strings.ReplaceAll(c.text("equation", ""), " ", "")
	all, err := c.tensors("tensors")
	if err != nil {
		return nil, err
	}
	from, to, ok := strings.Cut(equation, "->")
	terms := strings.Split(from, ",")
	if !ok || len(all) != 2 || len(terms) != 2 || strings.Contains(equation, ".") {
		return nil, fmt.Errorf("the equation %q is not supported: give two tensors and an arrow", equation)
	}
	batch := byte(0)
	for i, v := range all {
		if !v.isNode() || v.batchAxis() < 0 || v.rank() != len(terms[i]) {
			return nil, fmt.Errorf("the equation %q is not supported for shapes %v: both must depend on the input", equation, shapesOf(all))
		}
		letter := terms[i][v.batchAxis()]
		if batch != 0 && letter != batch {
			return nil, fmt.Errorf("it combines rows of the batch with each other: the equation %q", equation)
		}
		batch = letter
		order := identity(v.rank())
		order = append([]int{v.batchAxis()}, slices.DeleteFunc(order, func(a int) bool { return a == v.batchAxis() })...)
		if all[i], err = c.b.batchFirst(v.permuted(order)); err != nil {
			return nil, err
		}
		terms[i] = string(batch) + strings.Replace(terms[i], string(batch), "", 1)
	}
	at := strings.IndexByte(to, batch)
	if at < 0 {
		return nil, fmt.Errorf("it sums over the rows of the batch: the equation %q", equation)
	}
	out, err := c.b.add(nn.Einsum{Equation: terms[0] + "," + terms[1] + "->" + string(batch) + strings.Replace(to, string(batch), "", 1)}, all...)
	if err != nil {
		return nil, err
	}
	home := slices.Insert(identity(out.rank())[1:], at, 0)
	return []value{out.permuted(home)}, nil
}, "einsum")

// baddbmm and addmm add a product to a tensor.
var _ = reads(func(c *call) ([]value, error) {
	names := []string{"batch1", "batch2"}
	if c.has("mat1") {
		names = []string{"mat1", "mat2"}
	}
	name := "self"
	if !c.has(name) {
		name = "input"
	}
	sum, err := c.tensor(name)
	if err != nil {
		return nil, err
	}
	var of [2]value
	for i, name := range names {
		if of[i], err = c.tensor(name); err != nil {
			return nil, err
		}
	}
	product, err := c.matmul(of[0], of[1])
	if err != nil {
		return nil, err
	}
	for _, scaled := range []struct {
		factor string
		v      *value
	}{{"beta", &sum}, {"alpha", &product[0]}} {
		factor, err := c.number(scaled.factor, 1)
		if err != nil {
			return nil, err
		}
		if factor != 1 {
			if *scaled.v, err = c.b.binary("multiply", *scaled.v, number(factor)); err != nil {
				return nil, err
			}
		}
	}
	return one(c.b.binary("add", sum, product[0]))
}, "baddbmm", "addmm")

// timesVector multiplies the last axis by a vector, the kernel of a Dense of one unit, and sums over it.
func (c *call) timesVector(x, y value) ([]value, error) {
	turned, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return nil, err
	}
	column := func(from []tensor) (tensor, error) {
		t := from[0]
		t.shape = []int{len(t.values), 1}
		return t, nil
	}
	out, err := alongLast(c, nn.Dense{Units: 1, NoBias: true, KernelInitializer: drawnLike(*y.known)}, []weight{{"kernel", []string{y.parameter}, column}}, turned, back)
	if err != nil {
		return nil, err
	}
	shape := out[0].shape()
	return one(c.b.reshaped(out[0], shape[:len(shape)-1]))
}
