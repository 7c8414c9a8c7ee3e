package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// scaled_dot_product_attention: softmax(query·keyᵀ·scale + mask)·value, over the last two axes.
var _ = reads(func(c *call) ([]value, error) {
	q, err := c.node("query")
	if err != nil {
		return nil, err
	}
	k, err := c.node("key")
	if err != nil {
		return nil, err
	}
	v, err := c.node("value")
	if err != nil {
		return nil, err
	}
	if c.flag("enable_gqa", false) {
		return nil, fmt.Errorf("enable_gqa is not supported")
	}
	features := q.shape()[q.rank()-1]
	scale, err := c.number("scale", 1/math.Sqrt(float64(features.n)))
	if err != nil {
		return nil, err
	}
	scores, err := c.b.product(q, k.swapped(k.rank()-1, k.rank()-2))
	if err != nil {
		return nil, err
	}
	if scores, err = c.b.binary("multiply", scores, number(scale)); err != nil {
		return nil, err
	}
	if c.flag("is_causal", false) {
		shape := scores.shape()
		if scores, err = c.b.binary("add", scores, knownValue(causal(shape[len(shape)-2].n, shape[len(shape)-1].n))); err != nil {
			return nil, err
		}
	}
	if c.has("attn_mask") {
		mask, err := c.tensor("attn_mask")
		if err != nil {
			return nil, err
		}
		if scores, err = c.masked(scores, mask); err != nil {
			return nil, err
		}
	}
	weights, err := c.b.along(scores, scores.rank()-1, nn.Softmax{})
	if err != nil {
		return nil, err
	}
	p, err := c.number("dropout_p", 0)
	if err != nil {
		return nil, err
	}
	if p > 0 {
		if weights, err = c.b.drawing(nn.Dropout{Rate: p}, weights, weights.axes); err != nil {
			return nil, err
		}
	}
	return one(c.b.product(weights, v))
}, "scaled_dot_product_attention")

// causal adds −∞ to the scores of steps that come later.
func causal(queries, keys int) tensor {
	t := tensor{shape: []int{queries, keys}, values: make([]float32, queries*keys)}
	for i := range queries {
		for j := i + 1; j < keys; j++ {
			t.values[i*keys+j] = float32(math.Inf(-1))
		}
	}
	return t
}

// masked adds a mask to scores, one of truth values being −∞ where it doesn't hold.
func (c *call) masked(scores, mask value) (value, error) {
	if mask.known != nil && mask.known.whole {
		t := *mask.known
		t.values, t.whole = slices.Clone(t.values), false
		for i, v := range t.values {
			if v == 0 {
				t.values[i] = float32(math.Inf(-1))
			} else {
				t.values[i] = 0
			}
		}
		return c.b.binary("add", scores, knownValue(t))
	}
	if mask.isNode() && mask.whole {
		return c.b.where(mask, scores, number(math.Inf(-1)))
	}
	return c.b.binary("add", scores, mask)
}

// along applies a layer of the last axis to one of PyTorch's axes.
func (b *builder) along(x value, axis int, l nn.Layer) (value, error) {
	turned, back, err := b.last(x, axis)
	if err != nil {
		return value{}, err
	}
	y, err := b.add(l, turned)
	if err != nil {
		return value{}, err
	}
	y.axes = turned.axes
	return back(y), nil
}

func readSoftmax(l nn.Layer) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		x, axis, err := c.nodeAndAxis(-1)
		if err != nil {
			return nil, err
		}
		return one(c.b.along(x, axis, l))
	}
}

var _ = reads(readSoftmax(nn.Softmax{}), "softmax")
var _ = reads(readSoftmax(nn.LogSoftmax{}), "log_softmax")

// where takes values of one tensor where a condition holds and of another elsewhere.
func (b *builder) where(condition, x, y value) (value, error) {
	all := []value{condition}
	w := nn.Where{}
	single := func(v value) bool { return v.known != nil && len(v.known.values) == 1 && v.parameter == "" }
	if single(x) {
		w.Then = x.known.floats()
	} else {
		all = append(all, b.parameterNode(x))
	}
	if single(y) {
		w.Else = y.known.floats()
	} else {
		all = append(all, b.parameterNode(y))
	}
	a, err := b.align(0, all...)
	if err != nil {
		return value{}, err
	}
	for i, known := range a.consts {
		if known == nil {
			continue
		}
		if a.values[i], err = b.constant(*known); err != nil {
			return value{}, err
		}
	}
	out, err := b.add(w, a.values...)
	if err != nil {
		return value{}, err
	}
	return a.result(out), nil
}

// constant is a node that gives the same numbers for all rows.
func (b *builder) constant(t tensor) (value, error) {
	name := b.name("constant")
	b.graph.Nodes = append(b.graph.Nodes, nn.Node{Name: name, Layer: nn.Fixed{Values: t.floats(), Shape: t.shape}, From: []string{b.graph.Inputs[0].Name}})
	return of(name, t.shape), nil
}

var _ = reads(func(c *call) ([]value, error) {
	condition, err := c.tensor("condition")
	if err != nil {
		return nil, err
	}
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	y, err := c.tensor("other")
	if err != nil {
		return nil, err
	}
	return one(c.b.where(condition, x, y))
}, "where")

var _ = reads(func(c *call) ([]value, error) {
	x, err := c.tensor("self")
	if err != nil {
		return nil, err
	}
	mask, err := c.tensor("mask")
	if err != nil {
		return nil, err
	}
	y, err := c.tensor("value")
	if err != nil {
		return nil, err
	}
	if mask.known != nil && x.known != nil && x.parameter == "" && y.known != nil && len(y.known.values) == 1 && slices.Equal(mask.known.shape, x.known.shape) {
		t := *x.known
		t.values = slices.Clone(t.values)
		for i, put := range mask.known.values {
			if put != 0 {
				t.values[i] = y.known.values[0]
			}
		}
		return []value{{known: &t}}, nil
	}
	if mask.known != nil && x.isNode() && y.known != nil && len(y.known.values) == 1 { // x + 0 or the value
		t := *mask.known
		keep, put := t, t
		keep.values, put.values = make([]float32, len(t.values)), make([]float32, len(t.values))
		for i, v := range t.values {
			if v == 0 {
				keep.values[i] = 1
			} else {
				put.values[i] = y.known.values[0]
			}
		}
		if math.IsInf(float64(y.known.values[0]), -1) {
			return one(c.b.binary("add", x, knownValue(put)))
		}
		kept, err := c.b.binary("multiply", x, knownValue(keep))
		if err != nil {
			return nil, err
		}
		return one(c.b.binary("add", kept, knownValue(put)))
	}
	return one(c.b.where(mask, y, x))
}, "masked_fill", "masked_fill_")
