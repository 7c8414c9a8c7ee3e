package torch

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// The cells of recurrent layers, called step by step in a loop: two products and what a step makes of them.

func init() {
	reads(readGRUCell, "gru_cell")
	reads(readLSTMCell, "lstm_cell")
	reads(readRNNCell("tanh"), "rnn_tanh_cell")
	reads(readRNNCell("relu"), "rnn_relu_cell")
}

// step is what a cell computes with: its products with the input and with the state, and the state, which is zeros at first.
type step struct {
	c             *call
	input, hidden value
	units         int
	failed        error
}

func (c *call) step(state value, gates int) step {
	s := step{c: c}
	x, err := c.node("input")
	if err != nil {
		return step{failed: err}
	}
	if s.input, err = c.product(x, "w_ih", "b_ih"); err != nil {
		return step{failed: err}
	}
	s.units = s.input.row[len(s.input.row)-1] / gates
	if !state.isNode() {
		state = s.zeros(state)
	}
	if s.failed == nil {
		s.hidden, s.failed = c.product(state, "w_hh", "b_hh")
	}
	return s
}

// zeros are a state of zeros, for each row.
func (s *step) zeros(known value) value {
	if known.parameter != "" || known.known == nil || len(known.known.values) != 1 || known.known.values[0] != 0 {
		s.failed = fmt.Errorf("a state to begin with that is known and isn't zero is not supported")
		return known
	}
	return s.apply("zeros_like", s.part(s.input, 0))
}

func (s *step) part(v value, gate int) value {
	if s.failed != nil {
		return v
	}
	v, s.failed = s.c.b.part(v, v.rank()-1, fmt.Sprintf("%d:%d:1", gate*s.units, (gate+1)*s.units), false)
	return v
}

func (s *step) apply(function string, v value) value {
	if s.failed != nil {
		return v
	}
	var l nn.Layer = nn.Unary{Function: function}
	switch function {
	case "sigmoid":
		l = nn.Sigmoid{}
	case "tanh":
		l = nn.Tanh{}
	case "relu":
		l = nn.ReLU{}
	}
	v, s.failed = s.c.b.each(l, v)
	return v
}

func (s *step) do(function string, a, b value) value {
	if s.failed != nil {
		return a
	}
	a, s.failed = s.c.b.binary(function, a, b)
	return a
}

// gate is a function of the sum of both products.
func (s *step) gate(function string, at int) value {
	return s.apply(function, s.do("add", s.part(s.input, at), s.part(s.hidden, at)))
}

func readRNNCell(function string) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		h, err := c.tensor("hx")
		if err != nil {
			return nil, err
		}
		s := c.step(h, 1)
		out := s.gate(function, 0)
		return one(out, s.failed)
	}
}

// readGRUCell: n = tanh(xₙ + r·hₙ), h′ = (1 − z)·n + z·h.
func readGRUCell(c *call) ([]value, error) {
	h, err := c.tensor("hx")
	if err != nil {
		return nil, err
	}
	s := c.step(h, 3)
	if s.failed == nil && !h.isNode() {
		h = s.zeros(h)
	}
	reset, update := s.gate("sigmoid", 0), s.gate("sigmoid", 1)
	fresh := s.apply("tanh", s.do("add", s.part(s.input, 2), s.do("multiply", reset, s.part(s.hidden, 2))))
	out := s.do("add", fresh, s.do("multiply", update, s.do("subtract", h, fresh)))
	return one(out, s.failed)
}

func readLSTMCell(c *call) ([]value, error) {
	states, err := c.tensors("hx")
	if err != nil {
		return nil, err
	}
	if len(states) != 2 {
		return nil, fmt.Errorf("%d states", len(states))
	}
	s := c.step(states[0], 4)
	cell := states[1]
	if s.failed == nil && !cell.isNode() {
		cell = s.zeros(cell)
	}
	in, forget, fresh, outward := s.gate("sigmoid", 0), s.gate("sigmoid", 1), s.gate("tanh", 2), s.gate("sigmoid", 3)
	cell = s.do("add", s.do("multiply", forget, cell), s.do("multiply", in, fresh))
	h := s.do("multiply", outward, s.apply("tanh", cell))
	if s.failed != nil {
		return nil, s.failed
	}
	return []value{h, cell}, nil
}

// product is x·weightᵀ + bias, a Dense that each step uses again.
func (c *call) product(x value, kernel, bias string) (value, error) {
	name, shape, err := c.parameterOf(kernel)
	if err != nil {
		return x, err
	}
	d := nn.Dense{Units: shape[0], NoBias: !c.has(bias), KernelInitializer: uniform(shape[0] / max(1, gatesOf(c.operation)))}
	weights := []weight{{"kernel", []string{name}, turned(1, 0)}}
	if !d.NoBias {
		if name, _, err = c.parameterOf(bias); err != nil {
			return x, err
		}
		d.BiasInitializer = d.KernelInitializer
		weights = append(weights, weight{name: "bias", parameters: []string{name}})
	}
	if x, err = c.b.batchFirst(x); err != nil {
		return x, err
	}
	out, err := c.b.layer(d, weights, x)
	if err != nil {
		return x, err
	}
	return out[0], nil
}

// gatesOf is how many parts the weights of a cell have, whose hidden size bounds how PyTorch draws them.
func gatesOf(operation string) int {
	return map[string]int{"gru_cell": 3, "lstm_cell": 4}[operationName(operation)]
}
