package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

var _ = reads(readLinear, "linear")

// readLinear is torch.nn.Linear.
func readLinear(c *call) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	if w, err := c.tensor("weight"); err == nil && w.isNode() {
		return c.timesComputed(x, w)
	}
	kernel, shape, err := c.parameterOf("weight")
	if err != nil {
		return nil, err
	}
	if len(shape) != 2 {
		return nil, fmt.Errorf("its weight has shape %v", shape)
	}
	if o, ok := c.b.owners[kernel]; ok && o.key != "" && !c.has("bias") {
		if y, tied, err := c.reversed(x, kernel, o); tied {
			return one(y, err)
		}
	}
	d := nn.Dense{Units: shape[0], NoBias: !c.has("bias"), KernelInitializer: uniform(shape[1])}
	weights := []weight{{"kernel", []string{kernel}, turned(1, 0)}}
	if !d.NoBias {
		bias, _, err := c.parameterOf("bias")
		if err != nil {
			return nil, err
		}
		d.BiasInitializer, weights = uniform(shape[1]), append(weights, weight{name: "bias", parameters: []string{bias}})
	}
	x, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return nil, err
	}
	return alongLast(c, d, weights, x, back)
}

// timesComputed is x·wᵀ + bias of a weight that is computed from parameters, as weight normalization does.
func (c *call) timesComputed(x, w value) ([]value, error) {
	if w.rank() != 2 || w.batchAxis() >= 0 {
		return nil, fmt.Errorf("a weight of shape %v, which depends on the input, is not supported", w.shape())
	}
	y, err := c.b.product(x, w.swapped(0, 1))
	if err != nil || !c.has("bias") {
		return one(y, err)
	}
	bias, err := c.tensor("bias")
	if err != nil {
		return nil, err
	}
	return one(c.b.binary("add", y, bias))
}

// _weight_norm is v·g/‖v‖, the norm being over all axes but one.
var _ = reads(func(c *call) ([]value, error) {
	v, err := c.node("v")
	if err != nil {
		return nil, err
	}
	g, err := c.tensor("g")
	if err != nil {
		return nil, err
	}
	axis, err := c.axis("dim", 0, v.rank())
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(identity(v.rank()), func(a int) bool { return a == axis })
	norm, err := c.b.reduced("norm", v, others, true)
	if err != nil {
		return nil, err
	}
	unit, err := c.b.binary("divide", v, norm)
	if err != nil {
		return nil, err
	}
	return one(c.b.binary("multiply", unit, g))
}, "weight_norm")

// reversed scores each index of an embedding whose table is the weight, which makes it a [nn.ReversibleEmbedding]; false: the
// weight isn't a table.
func (c *call) reversed(x value, table string, o owner) (y value, tied bool, err error) {
	t, ok := c.b.tables[table]
	switch {
	case !ok:
		return y, false, nil
	case t.why != "":
		return y, true, fmt.Errorf("its weight %q is the table of an embedding that can't be called the other way round: %s", table, t.why)
	}
	at := slices.IndexFunc(c.b.graph.Nodes, func(n nn.Node) bool { return n.Name == o.node })
	c.b.graph.Nodes[at].Layer = t.back
	turned, back, err := c.b.last(x, x.rank()-1)
	if err != nil {
		return y, true, err
	}
	name := c.b.name("")
	c.b.graph.Nodes = append(c.b.graph.Nodes, nn.Node{Name: name, Shared: o.node, Reverse: true, From: []string{turned.ref}})
	y = of(name, append(slices.Clone(turned.row[:len(turned.row)-1]), t.back.InputDim))
	y.axes = turned.axes
	return back(y), true, nil
}

// alongLast applies a layer that works on the last axis and keeps the others.
func alongLast(c *call, l nn.Layer, weights []weight, x value, back func(value) value) ([]value, error) {
	out, err := c.b.layer(l, weights, x)
	if err != nil {
		return nil, err
	}
	y := out[0]
	y.axes = x.axes
	return []value{back(y)}, nil
}

// uniform is how PyTorch draws the weights of most of its modules: kaiming_uniform_ with a = √5 comes to ±1/√fan_in.
func uniform(fanIn int) nn.Initializer {
	bound := 1 / math.Sqrt(float64(max(1, fanIn)))
	return nn.RandomUniform{Min: -bound, Max: bound}
}
