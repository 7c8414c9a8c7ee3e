package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// GroupQueryAttention is a [MultiHeadAttention] in which several heads of the query share one of key and value, as Keras'
// GroupQueryAttention. Ainslie et al. 2023.
//
// It takes the same inputs. Shapes: query, value and key [batch, steps, features] → the query's; kernels query/kernel
// [features, NumQueryHeads, HeadDim], key/kernel and value/kernel [features, NumKeyValueHeads, HeadDim],
// attention_output/kernel [NumQueryHeads, HeadDim, query's features], each with a bias.
type GroupQueryAttention struct {
	Name              string      `keras:"-"`                                              // empty: "group_query_attention", …
	HeadDim           int         `keras:"head_dim,positional,required,from=1"`            // size of a head; must be positive
	NumQueryHeads     int         `keras:"num_query_heads,positional,required,from=1"`     // must be a multiple of NumKeyValueHeads
	NumKeyValueHeads  int         `keras:"num_key_value_heads,positional,required,from=1"` // must be positive
	Dropout           float64     `keras:"dropout,from=0,below=1"`                         // share of the scores that is dropped in training
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves all biases out
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

var _ = layers.Add(GroupQueryAttention{}, append([]codec.Option{codec.Named("GroupQueryAttention", "GroupedQueryAttention")}, attentionArguments...)...)

// Apply attends from the input to itself.
func (a GroupQueryAttention) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return a.ApplyAll(scope, []*graph.Node{x, x})[0]
}

// ApplyAll takes query, value, perhaps key and attention mask. It panics when settings or shapes don't make sense.
func (a GroupQueryAttention) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	if xs[0].Rank() != 3 {
		panic(fmt.Errorf("GroupQueryAttention needs inputs [batch, steps, features], got %s", listed(shapesOf(xs))))
	}
	return a.heads().apply(scope, a, xs)
}

// OutputShapes is the query's.
func (a GroupQueryAttention) OutputShapes(inputs [][]int) ([][]int, error) {
	return a.heads().outputShapes(selfAttended(inputs))
}

// Weights are kernels and biases of query, key, gate, value and attention_output.
func (a GroupQueryAttention) Weights(input ...int) []Weight { return a.WeightsFor([][]int{input}) }

// WeightsFor is Weights for inputs of different shapes.
func (a GroupQueryAttention) WeightsFor(inputs [][]int) []Weight { return a.heads().weights(inputs) }

// Parameters are those of Keras' call.
func (GroupQueryAttention) Parameters() []string { return headParameters }

// Arrange puts query, value, key and attention_mask into this order; a missing key in front of a mask is the value.
func (a GroupQueryAttention) Arrange(given map[string][]string) ([]string, error) {
	return a.heads().arrange(given)
}

func (a GroupQueryAttention) heads() heads {
	return heads{
		layer: "GroupQueryAttention", queryHeads: a.NumQueryHeads, keyHeads: a.NumKeyValueHeads, keyDim: a.HeadDim, valueDim: a.HeadDim,
		noBias: a.NoBias, gate: a.UseGate, causal: a.UseCausalMask, window: a.SlidingWindow, dropout: a.Dropout,
		kernelInitializer: a.KernelInitializer, biasInitializer: a.BiasInitializer,
		kernelRegularizer: a.KernelRegularizer, biasRegularizer: a.BiasRegularizer,
	}
}

// TorchSteps is nn.functional.scaled_dot_product_attention between projections.
func (a GroupQueryAttention) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return a.torchMasked(inputs, make([]bool, len(inputs)))
}

func (a GroupQueryAttention) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	return a.heads().torchSteps(inputs, masks)
}
