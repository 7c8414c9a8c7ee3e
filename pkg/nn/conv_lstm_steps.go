package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// convLSTM are the settings of ConvLSTM1D, 2D and 3D.
type convLSTM struct {
	Name                 string
	Filters              int
	KernelSize           []int
	Strides              []int
	Padding              string
	DataFormat           string
	DilationRate         []int
	Activation           Activation
	RecurrentActivation  Activation
	ReturnSequences      bool
	ReturnState          bool
	GoBackwards          bool
	Stateful             bool
	Dropout              float64
	RecurrentDropout     float64
	ZeroOutputForMask    bool
	NoBias               bool
	NoUnitForgetBias     bool
	KernelInitializer    Initializer
	RecurrentInitializer Initializer
	BiasInitializer      Initializer
	KernelRegularizer    Regularizer
	RecurrentRegularizer Regularizer
	BiasRegularizer      Regularizer
	KernelConstraint     Constraint
	RecurrentConstraint  Constraint
	BiasConstraint       Constraint
}

func (c convLSTM) shared(layer string) recurrent {
	r := LSTM{
		Units: c.Filters, ReturnSequences: c.ReturnSequences, ReturnState: c.ReturnState, GoBackwards: c.GoBackwards, Stateful: c.Stateful,
		ZeroOutputForMask: c.ZeroOutputForMask, Dropout: c.Dropout, RecurrentDropout: c.RecurrentDropout, NoBias: c.NoBias, NoUnitForgetBias: c.NoUnitForgetBias,
		KernelInitializer: c.KernelInitializer, RecurrentInitializer: c.RecurrentInitializer, BiasInitializer: c.BiasInitializer,
		KernelRegularizer: c.KernelRegularizer, RecurrentRegularizer: c.RecurrentRegularizer, BiasRegularizer: c.BiasRegularizer,
	}.shared()
	r.layer = layer
	return r
}

// over is where the kernels come to lie over one step of an input, and the shape of a state.
func (c convLSTM) over(layer string, n int, input []int) (ofInput, ofState window, state []int, err error) {
	if len(input) != n+3 {
		return window{}, window{}, nil, fmt.Errorf("%s needs an input [batch, time, …] with %d axes between time and channels, got %v", layer, n, input)
	}
	step := slices.Delete(slices.Clone(input), 1, 2)
	ofInput, state, err = convolution{
		Filters: c.Filters, KernelSize: c.KernelSize, Strides: c.Strides, Padding: c.Padding, DataFormat: c.DataFormat, DilationRate: c.DilationRate,
	}.over(layer, n, step)
	if err != nil {
		return window{}, window{}, nil, err
	}
	ofState, err = sliding{size: c.KernelSize, padding: "same"}.over(layer, "KernelSize", ofInput.out)
	return ofInput, ofState, state, err
}

func (c convLSTM) outputShapes(layer string, n int, inputs [][]int) ([][]int, error) {
	_, _, state, err := c.over(layer, n, inputs[0])
	if err != nil {
		return nil, err
	}
	if len(inputs) != 1 && len(inputs) != 3 {
		return nil, fmt.Errorf("%s takes a sequence and 2 states to begin with, or none, here are %d inputs", layer, len(inputs))
	}
	for _, given := range inputs[1:] {
		if !slices.Equal(given, state) {
			return nil, fmt.Errorf("%s begins with states %v, here is one %v", layer, state, given)
		}
	}
	shapes := [][]int{state}
	if c.ReturnSequences {
		shapes[0] = slices.Insert(slices.Clone(state), 1, inputs[0][1])
	}
	if c.ReturnState {
		shapes = append(shapes, slices.Clone(state), slices.Clone(state))
	}
	return shapes, nil
}

// weights are kernel, recurrent_kernel and bias, those of an LSTM with the window in front.
func (c convLSTM) weights(n int, input []int) []Weight {
	in := input[len(input)-1]
	if c.DataFormat == channelsFirst {
		in = input[2]
	}
	weights := c.shared("").weights([]int{in})
	for i := range weights[:2] {
		weights[i].Shape = kernelShape(n, c.KernelSize, weights[i].Shape...)
	}
	return weights
}

func (c convLSTM) apply(scope *model.Scope, l Weighted, n int, xs []*graph.Node) []*graph.Node {
	layer, x := typeName(l), asFloat(xs[0])
	if _, err := c.outputShapes(layer, n, shapesOf(xs)); err != nil {
		panic(err)
	}
	ofInput, ofState, state, err := c.over(layer, n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	r := &recurrence{recurrent: c.shared(layer)}
	r.checkRates()
	w := create(scope, l, x)
	r.kernel, r.recurrentKernel = w.node("kernel"), w.node("recurrent_kernel")
	r.drawFactors(scope, x, 4, slices.Delete(slices.Clone(x.Shape().Dimensions), 1, 2), state)
	toFirst := func(y *graph.Node) *graph.Node { return y }
	inside := slices.Clone(state)
	if c.DataFormat == channelsFirst {
		inside = append(slices.Delete(inside, 1, 2), state[1])
	}
	r.carry(scope, x.Graph(), inside...)
	if r.given = len(xs) > 1; r.given {
		r.before = nil
	}
	for _, h := range xs[1:] {
		last, _ := channelsToLast(asFloat(h), c.DataFormat)
		r.before = append(r.before, last)
	}
	input := func(gates int) *graph.Node { // the kernel's columns of all gates, or of one
		y := graph.Transpose(x, 0, 1)
		kernel := r.kernel
		if len(r.inputDropped) > 0 {
			y, kernel = graph.Mul(y, graph.InsertAxes(r.inputDropped[gates], 0)), columns(kernel, gates, c.Filters)
		}
		dims := y.Shape().Dimensions
		y, back := channelsToLast(graph.Reshape(y, append([]int{dims[0] * dims[1]}, dims[2:]...)...), c.DataFormat)
		toFirst = back
		return convolve(y, kernel, ofInput, 1)
	}
	var share *graph.Node
	if len(r.inputDropped) == 0 {
		share = input(0)
	} else {
		share = graph.Concatenate([]*graph.Node{input(0), input(1), input(2), input(3)}, -1)
	}
	if c.DataFormat == channelsFirst {
		for i, factor := range r.stateDropped {
			r.stateDropped[i], _ = channelsToLast(factor, c.DataFormat)
		}
	}
	ys := r.over(timeSteps(w.biased(share), x.Shape().Dim(1)), r.maskSteps(x), func(a *graph.Node, before states) states {
		if before != nil {
			a = graph.Add(a, r.convolved(before[0], ofState))
		}
		return c.step(a, before)
	})
	for i, y := range ys {
		if i > 0 || !c.ReturnSequences {
			ys[i] = toFirst(y)
		} else if c.DataFormat == channelsFirst {
			dims := y.Shape().Dimensions
			rows := toFirst(graph.Reshape(y, append([]int{dims[0] * dims[1]}, dims[2:]...)...))
			ys[i] = graph.Reshape(rows, append([]int{dims[0], dims[1]}, rows.Shape().Dimensions[1:]...)...)
		}
	}
	return ys
}

// convolved is the state's share of all gates.
func (r *recurrence) convolved(h *graph.Node, w window) *graph.Node {
	if len(r.stateDropped) == 0 {
		return convolve(h, r.recurrentKernel, w, 1)
	}
	shares := make([]*graph.Node, r.gates)
	for i := range shares {
		shares[i] = convolve(r.drop(h, i), columns(r.recurrentKernel, i, r.units), w, 1)
	}
	return graph.Concatenate(shares, -1)
}

// step is that of an [LSTM].
func (c convLSTM) step(a *graph.Node, before states) states {
	sigma := orActivation(c.RecurrentActivation, Sigmoid{})
	phi := orActivation(c.Activation, Tanh{})
	gate := func(i int) *graph.Node { return columns(a, i, c.Filters) }
	new := graph.Mul(sigma.Activate(gate(0)), phi.Activate(gate(2)))
	if before != nil {
		new = graph.Add(graph.Mul(sigma.Activate(gate(1)), before[1]), new)
	}
	carry := apart(new)
	return states{graph.Mul(sigma.Activate(gate(3)), phi.Activate(carry)), carry}
}

// columns cuts those of gate i from the last axis of x.
func columns(x *graph.Node, i, units int) *graph.Node {
	return graph.SliceAxis(x, -1, graph.AxisRange(i*units, (i+1)*units))
}

func noTorchConvLSTM(layer string) error {
	return fmt.Errorf("%s: PyTorch has no recurrent layer of convolutions", layer)
}
