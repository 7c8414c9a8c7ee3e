package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

func init() {
	reads(func(c *call) ([]value, error) { return readRecurrent(c, "lstm") }, "lstm.input")
	reads(func(c *call) ([]value, error) { return readRecurrent(c, "gru") }, "gru.input")
	reads(func(c *call) ([]value, error) { return readRecurrent(c, "tanh") }, "rnn_tanh.input")
	reads(func(c *call) ([]value, error) { return readRecurrent(c, "relu") }, "rnn_relu.input")
}

// readRecurrent is torch.nn.LSTM, GRU and RNN: layers on top of each other, each with a second one that goes backwards where
// it is bidirectional.
func readRecurrent(c *call, kind string) ([]value, error) {
	x, err := c.node("input")
	if err != nil {
		return nil, err
	}
	starts, err := c.starts()
	if err != nil {
		return nil, err
	}
	parameters, err := c.tensors("params")
	if err != nil {
		return nil, err
	}
	layers, err := c.int("num_layers", 1)
	if err != nil {
		return nil, err
	}
	dropout, err := c.number("dropout", 0)
	if err != nil {
		return nil, err
	}
	biases, ways := c.flag("has_biases", true), 1
	if c.flag("bidirectional", false) {
		ways = 2
	}
	each := 2
	if biases {
		each = 4
	}
	if layers < 1 || len(parameters) != layers*ways*each {
		return nil, fmt.Errorf("%d parameters for %d layers: projections are not supported", len(parameters), layers)
	}
	if x.rank() != 3 {
		return nil, fmt.Errorf("an input of shape %v is not supported", x.shape())
	}
	batchFirst := c.flag("batch_first", false)
	if !batchFirst {
		x = x.permuted([]int{1, 0, 2})
	}
	if x, err = c.b.batchFirst(x); err != nil {
		return nil, err
	}
	var last [2][]value // of the states h and c
	for layer := range layers {
		var found []value
		for way := range ways {
			at := (layer*ways + way) * each
			state, err := c.start(starts, layer*ways+way)
			if err != nil {
				return nil, err
			}
			out, err := c.recurrentLayer(kind, x, state, parameters[at:at+each], way == 1)
			if err != nil {
				return nil, err
			}
			for i, state := range out[1:] {
				last[i] = append(last[i], state)
			}
			found = append(found, out[0])
		}
		if x = found[0]; ways == 2 {
			if x, err = c.b.add(nn.Concatenate{Axis: 2}, found...); err != nil {
				return nil, err
			}
		}
		if dropout > 0 && c.flag("train", true) && layer < layers-1 {
			if x, err = c.b.drawing(nn.Dropout{Rate: dropout}, x, [][]int{{1}, {0}, {2}}); err != nil { // PyTorch computes with time in front
				return nil, err
			}
		}
	}
	if !batchFirst {
		x = x.permuted([]int{1, 0, 2})
	}
	out := []value{x}
	for _, states := range last {
		if states == nil {
			continue
		}
		stacked, err := c.b.add(nn.Stack{Axis: 1}, states...)
		if err != nil {
			return nil, err
		}
		out = append(out, stacked.permuted([]int{1, 0, 2}))
	}
	return out, nil
}

// starts are the states to begin with, h and c, [layers, batch, units]; none where they are zeros.
func (c *call) starts() ([]value, error) {
	var given []value
	var err error
	if a := c.give("hx"); a != nil && a.Tensors != nil {
		given, err = c.tensors("hx")
	} else {
		var one value
		one, err = c.tensor("hx")
		given = []value{one}
	}
	if err != nil {
		return nil, err
	}
	zeros := func(v value) bool {
		return !v.isNode() && v.parameter == "" && !slices.ContainsFunc(v.known.values, func(x float32) bool { return x != 0 })
	}
	if !slices.ContainsFunc(given, func(v value) bool { return !zeros(v) }) {
		return nil, nil
	}
	for _, v := range given {
		if !v.isNode() || v.rank() != 3 || v.batchAxis() != 1 {
			return nil, fmt.Errorf("a state to begin with of shape %v is supported only where it has the batch on its second axis and depends on the input, or is zero", v.shape())
		}
	}
	return given, nil
}

// start are the states of one layer in one direction.
func (c *call) start(starts []value, at int) ([]value, error) {
	var all []value
	for _, v := range starts {
		state, err := c.b.part(v, 0, fmt.Sprint(at), true)
		if err != nil {
			return nil, err
		}
		if state, err = c.b.batchFirst(state); err != nil {
			return nil, err
		}
		all = append(all, state)
	}
	return all, nil
}

// recurrentLayer is one layer in one direction: its outputs in the order of time, and its last states.
func (c *call) recurrentLayer(kind string, x value, start, parameters []value, backwards bool) ([]value, error) {
	var names []string
	for _, p := range parameters {
		if p.parameter == "" {
			return nil, fmt.Errorf("one of its weights isn't a parameter of the model")
		}
		names = append(names, p.parameter)
	}
	gates := map[string]int{"lstm": 4, "gru": 3}[kind]
	units := parameters[1].known.shape[1]
	if gates == 0 {
		gates = 1
	}
	if parameters[0].known.shape[0] != gates*units {
		return nil, fmt.Errorf("its weights have shapes %v and %v", parameters[0].known.shape, parameters[1].known.shape)
	}
	draw := uniform(units)
	noBias := len(names) == 2
	var l nn.Layer
	switch kind {
	case "lstm":
		l = nn.LSTM{Units: units, ReturnSequences: true, ReturnState: true, GoBackwards: backwards, NoBias: noBias, TwoBiases: !noBias, NoUnitForgetBias: true, KernelInitializer: draw, RecurrentInitializer: draw, BiasInitializer: draw}
	case "gru":
		l = nn.GRU{Units: units, ReturnSequences: true, ReturnState: true, GoBackwards: backwards, NoBias: noBias, KernelInitializer: draw, RecurrentInitializer: draw, BiasInitializer: draw}
	default:
		var a nn.Activation
		if kind == "relu" {
			a = nn.ReLU{}
		}
		l = nn.SimpleRNN{Units: units, Activation: a, ReturnSequences: true, ReturnState: true, GoBackwards: backwards, NoBias: noBias, TwoBiases: !noBias, KernelInitializer: draw, RecurrentInitializer: draw, BiasInitializer: draw}
	}
	// PyTorch's GRU has its gates in the order reset, update, new.
	gate := identity(gates)
	if kind == "gru" {
		gate = []int{1, 0, 2}
	}
	weights := []weight{
		{"kernel", names[:1], gated(gate, units)},
		{"recurrent_kernel", names[1:2], gated(gate, units)},
	}
	if !noBias {
		weights = append(weights, weight{"bias", names[2:], func(from []tensor) (tensor, error) {
			a, b := sorted(from[0], gate, units), sorted(from[1], gate, units)
			return tensor{shape: []int{2, gates * units}, values: append(a.values, b.values...)}, nil
		}})
	}
	out, err := c.b.layer(l, weights, append([]value{x}, start...)...)
	if err != nil {
		return nil, err
	}
	if backwards {
		if out[0], err = c.b.add(nn.Index{At: ":, ::-1"}, out[0]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// gated turns a kernel [gates·units, in] around, with its gates in another order.
func gated(gate []int, units int) func([]tensor) (tensor, error) {
	return func(from []tensor) (tensor, error) {
		if len(from[0].shape) != 2 {
			return tensor{}, fmt.Errorf("a kernel has shape %v", from[0].shape)
		}
		return sorted(from[0], gate, units).transposed(1, 0), nil
	}
}

// sorted puts blocks of units rows into another order.
func sorted(t tensor, gate []int, units int) tensor {
	row := len(t.values) / max(1, t.shape[0])
	out := tensor{shape: t.shape}
	for _, g := range gate {
		out.values = append(out.values, t.values[g*units*row:(g+1)*units*row]...)
	}
	return out
}
