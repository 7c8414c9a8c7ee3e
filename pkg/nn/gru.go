package nn

import (
	"errors"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// GRU keeps a state that gates update and reset, as Keras' GRU. Cho et al. 2014. With h the state before and
// x·k + b the input's share of each gate, h·rk + rb the state's:
//
//	z = recurrentActivation(x·k_z + b_z + h·rk_z + rb_z)          update
//	r = recurrentActivation(x·k_r + b_r + h·rk_r + rb_r)          reset
//	c = activation(x·k_h + b_h + r∘(h·rk_h + rb_h))                  candidate
//	c = activation(x·k_h + b_h + (r∘h)·rk_h)                       candidate with NoResetAfter, which has no rb
//	h ← z∘h + (1−z)∘c
//
// Shapes: x [batch, time, features] → [batch, Units], or [batch, time, Units] with ReturnSequences; kernel
// [features, 3·Units] and recurrent_kernel [Units, 3·Units] with the gates in the order z, r, h; bias [2, 3·Units],
// b and rb, or [3·Units] with NoResetAfter.
type GRU struct {
	Name                string     `keras:"-"`                                // empty: "gru", "gru_1", …
	Units               int        `keras:"units,positional,required,from=1"` // size of the state; must be positive
	Activation          Activation `keras:",default=tanh"`                    // nil: Tanh; for none use Linear
	RecurrentActivation Activation `keras:",default=sigmoid"`                 // nil: Sigmoid
	ReturnSequences     bool       // returns the state of every step, not of the last alone
	ReturnState         bool       // returns the last state too, as further outputs
	GoBackwards         bool       // starts at the end; sequences come out in that order
	Stateful            bool       // row i of a batch goes on from the state of row i of the batch before, in training and in use; all batches must have as many rows
	Dropout             float64    `keras:"dropout,from=0,below=1"`           // share of the input's features that is dropped in training, the same in all steps
	RecurrentDropout    float64    `keras:"recurrent_dropout,from=0,below=1"` // share of the state that is dropped in training, the same in all steps
	ZeroOutputForMask   bool       // gives zeros for masked steps, not the output before
	NoBias              bool       `keras:"use_bias,not"`    // leaves the bias out
	NoResetAfter        bool       `keras:"reset_after,not"` // resets before the matrix product, as in the paper: Keras' reset_after=False

	KernelInitializer    Initializer `keras:",default=glorot_uniform"` // nil: GlorotUniform
	RecurrentInitializer Initializer `keras:",default=orthogonal"`     // nil: Orthogonal
	BiasInitializer      Initializer `keras:",default=zeros"`          // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	KernelConstraint     Constraint  // nil: none
	RecurrentConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

var _ = layers.Add(GRU{}, recurrentArguments...)

// Apply adds the layer to the graph. It panics when Units isn't positive or x isn't of rank 3.
func (l GRU) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return onlyOutput(l.ApplyAll(scope, []*graph.Node{x}))
}

// ApplyAll is Apply to a sequence and, where there are more inputs, the state [batch, Units] that it begins with; the outputs are the
// layer's and, with ReturnState, the last state.
func (l GRU) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	x := asFloat(xs[0])
	r := l.shared().run(scope, l, x)
	r.begin(xs, 1)
	cell := gruCell{GRU: l, recurrence: r}
	if bias := r.bias; bias != nil && !l.NoResetAfter { // b and rb, one above the other
		cell.recurrentBias = graph.Slice(bias, graph.AxisRange(1, 2))
		r.bias = graph.Reshape(graph.Slice(bias, graph.AxisRange(0, 1)), 3*l.Units)
	}
	return r.unroll(x, cell.step)
}

// Weights are kernel, recurrent_kernel and bias.
func (l GRU) Weights(input ...int) []Weight { return l.shared().weights(input) }

// OutputShape is [batch, Units], or [batch, time, Units] with ReturnSequences.
func (l GRU) OutputShape(input ...int) ([]int, error) { return l.shared().outputShape(input) }

// Gated is true: the output isn't what the activation gives.
func (GRU) Gated() bool { return true }

// OutputShapes are those of the output and of the states that are returned.
func (l GRU) OutputShapes(inputs [][]int) ([][]int, error) { return l.shared().outputShapes(inputs, 1) }

// Parameters are the arguments of Keras' call.
func (GRU) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the state.
func (GRU) Arrange(given map[string][]string) ([]string, error) {
	return arrangeStates("GRU", given)
}

// Sequences is ReturnSequences.
func (l GRU) Sequences() bool { return l.ReturnSequences }

// Gates is 3.
func (GRU) Gates() int { return 3 }

// Bounds are the activation's, 0 included, where the update gate's values lie between 0 and 1.
func (l GRU) Bounds() (low, high float64) {
	low, high = Bounds(orActivation(l.Activation, Tanh{}))
	if from, to := Bounds(orActivation(l.RecurrentActivation, Sigmoid{})); from < 0 || to > 1 {
		return math.Inf(-1), math.Inf(1)
	}
	return min(low, 0), max(high, 0)
}

func (l GRU) shared() recurrent {
	r := recurrent{
		layer: "GRU", returnState: l.ReturnState, units: l.Units, gates: 3, returnSequences: l.ReturnSequences, goBackwards: l.GoBackwards, stateful: l.Stateful,
		zeroForMask: l.ZeroOutputForMask, dropout: l.Dropout, recurrentDropout: l.RecurrentDropout,
		kernelInitializer: l.KernelInitializer, recurrentInitializer: l.RecurrentInitializer, biasInitializer: l.BiasInitializer,
		kernelRegularizer: l.KernelRegularizer, recurrentRegularizer: l.RecurrentRegularizer, biasRegularizer: l.BiasRegularizer,
	}
	switch {
	case l.NoBias:
	case l.NoResetAfter:
		r.bias = []int{3 * l.Units}
	default:
		r.bias = []int{2, 3 * l.Units}
	}
	return r
}

// TorchSteps is nn.GRU, which resets after the matrix product, keeps its gates in the order r, z, h and can't change its
// activations.
func (l GRU) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return l.torchMasked(inputs, []bool{false})
}

func (l GRU) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	r := l.shared()
	if err := r.torchStates(len(inputs)); err != nil {
		return nil, err
	}
	if l.NoResetAfter {
		return nil, errors.New("GRU.NoResetAfter is set: nn.GRU resets after the matrix product")
	}
	if err := errors.Join(r.torchOnly("Activation", l.Activation, Tanh{}), r.torchOnly("RecurrentActivation", l.RecurrentActivation, Sigmoid{})); err != nil {
		return nil, err
	}
	return r.torchRecurrent("GRU", inputs[0], masks[0], true)
}

type gruCell struct {
	GRU
	*recurrence
	recurrentBias *graph.Node // nil: none
}

func (c gruCell) step(input *graph.Node, before states) states {
	if before == nil {
		return c.next(input, nil)
	}
	return c.next(input, before[0])
}

func (c gruCell) next(input, before *graph.Node) states {
	sigma := orActivation(c.RecurrentActivation, Sigmoid{})
	phi := orActivation(c.Activation, Tanh{})
	state := c.share(before)
	add := func(i int) *graph.Node {
		if state == nil {
			return gate(input, i, c.GRU.Units)
		}
		return graph.Add(gate(input, i, c.GRU.Units), gate(state, i, c.Units))
	}
	z, r := sigma.Activate(add(0)), sigma.Activate(add(1))
	new := gate(input, 2, c.Units)
	switch {
	case !c.NoResetAfter && state != nil:
		new = graph.Add(new, graph.Mul(r, gate(state, 2, c.Units)))
	case c.NoResetAfter && before != nil:
		new = graph.Add(new, graph.Dot(graph.Mul(r, c.drop(before, 2)), c.gatesOf(2, 3)).Product())
	}
	new = phi.Activate(new)
	if before == nil {
		return states{graph.Mul(graph.OneMinus(z), new)}
	}
	return states{graph.Add(graph.Mul(z, before), graph.Mul(graph.OneMinus(z), new))}
}

// share is the state's share of the gates, h·rk + rb, nil when it is zero.
func (c gruCell) share(before *graph.Node) *graph.Node {
	switch {
	case before == nil && c.recurrentBias == nil:
		return nil
	case before == nil:
		return c.recurrentBias
	case c.NoResetAfter:
		return c.fromState(before, 0, 2)
	}
	share := c.fromState(before, 0, 3)
	if c.recurrentBias != nil {
		share = graph.Add(share, c.recurrentBias)
	}
	return share
}
