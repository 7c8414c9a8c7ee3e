package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// MultiHeadAttention lets each step of a query look at the steps of a value through several heads, as Keras'
// MultiHeadAttention. Vaswani et al. 2017. For each head, with q, k and v its projections of query, key and value:
//
//	softmax over the key's steps of (q·kᵀ/√KeyDim) · v
//
// All heads' results together are projected to the output.
//
// Steps that the masks of query, value and key leave out aren't looked at. As in Keras, its inputs have no mask behind it,
// for other layers either; its output has the query's.
//
// It takes two to four inputs: query, value, key (else the value) and an attention mask [batch, query steps, key steps], of
// which 0 and false keep a step from being looked at.
//
// Shapes: query [batch, steps, features], value and key [batch, steps, features], each with its own number of features, key
// and value with the same steps → the query's, with Output instead of the features where that is set. There may be more
// axes between batch and features, see AttentionAxes. Kernels query/kernel and key/kernel [features, NumHeads, KeyDim],
// value/kernel [features, NumHeads, ValueDim], attention_output/kernel [NumHeads, ValueDim, output], each with a bias.
type MultiHeadAttention struct {
	Name              string      `keras:"-"`                                    // empty: "multi_head_attention", …
	NumHeads          int         `keras:"num_heads,positional,required,from=1"` // must be positive
	KeyDim            int         `keras:"key_dim,positional,required,from=1"`   // size of a head's query and key; must be positive
	ValueDim          int         `keras:"value_dim,optional,from=0"`            // size of a head's value; 0: KeyDim
	Dropout           float64     `keras:"dropout,from=0,below=1"`               // share of the scores that is dropped in training
	NoBias            bool        `keras:"use_bias,not"`                         // leaves all biases out
	Output            []int       `keras:"output_shape,from=1"`                  // of one step; nil: the query's features
	AttentionAxes     []int       `keras:"attention_axes"`                       // attended over; nil: all but the batch and the features
	UseGate           bool        // multiplies what the heads give by a sigmoid of another projection of the query
	SlidingWindow     int         `keras:"sliding_window,optional,from=0"` // attends to steps nearer than this alone; 0: to all
	UseCausalMask     bool        `keras:"-"`                              // no step looks at later ones; an argument of the call in Keras
	KernelInitializer Initializer `keras:",default=glorot_uniform"`        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
}

var _ = layers.Add(MultiHeadAttention{}, attentionArguments...)

// Apply attends from the input to itself.
func (m MultiHeadAttention) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return m.ApplyAll(scope, []*graph.Node{x, x})[0]
}

// ApplyAll takes query, value, perhaps key and attention mask. It panics when settings or shapes don't make sense.
func (m MultiHeadAttention) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	return m.heads().apply(scope, m, xs)
}

// OutputShapes is the query's, with Output in place of the features where that is set.
func (m MultiHeadAttention) OutputShapes(inputs [][]int) ([][]int, error) {
	return m.heads().outputShapes(selfAttended(inputs))
}

// Weights are kernels and biases of query, key, gate, value and attention_output.
func (m MultiHeadAttention) Weights(input ...int) []Weight { return m.WeightsFor([][]int{input}) }

// WeightsFor is Weights for inputs of different shapes.
func (m MultiHeadAttention) WeightsFor(inputs [][]int) []Weight { return m.heads().weights(inputs) }

// Parameters are those of Keras' call.
func (MultiHeadAttention) Parameters() []string { return headParameters }

// Arrange puts query, value, key and attention_mask into this order; a missing key in front of a mask is the value.
func (m MultiHeadAttention) Arrange(given map[string][]string) ([]string, error) {
	return m.heads().arrange(given)
}

func (m MultiHeadAttention) heads() heads {
	h := heads{
		layer: "MultiHeadAttention", queryHeads: m.NumHeads, keyHeads: m.NumHeads, keyDim: m.KeyDim, valueDim: m.ValueDim,
		output: m.Output, axes: m.AttentionAxes, noBias: m.NoBias, gate: m.UseGate, causal: m.UseCausalMask, window: m.SlidingWindow, dropout: m.Dropout, takesMasks: true,
		kernelInitializer: m.KernelInitializer, biasInitializer: m.BiasInitializer,
		kernelRegularizer: m.KernelRegularizer, biasRegularizer: m.BiasRegularizer,
	}
	if h.valueDim == 0 {
		h.valueDim = m.KeyDim
	}
	return h
}

// selfAttended is the inputs of a layer that may be given one for all.
func selfAttended(inputs [][]int) [][]int {
	if len(inputs) == 1 {
		return [][]int{inputs[0], inputs[0]}
	}
	return inputs
}

// TorchSteps is nn.functional.scaled_dot_product_attention between projections, whose weights nn.MultiheadAttention would
// keep in one.
func (m MultiHeadAttention) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return m.torchMasked(inputs, make([]bool, len(inputs)))
}

func (m MultiHeadAttention) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	return m.heads().torchSteps(inputs, masks)
}
