package torch

import (
	"fmt"

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
	if x.isNode() && y.parameter != "" && len(y.known.shape) == 2 {
		return c.timesParameter(x, y)
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
