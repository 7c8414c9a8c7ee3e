package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// ReversibleEmbedding is an [Embedding] that can be called the other way round too, as Keras' ReversibleEmbedding: Reverse
// multiplies a vector by the table and so scores each index. In a [Graph] a [Node] that shares the layer says so by its own
// Reverse.
//
// Shapes: x [batch, …] → [batch, …, OutputDim]; in reverse x [batch, …, OutputDim] → [batch, …, InputDim]; embeddings
// [InputDim, OutputDim], with Untied reverse_embeddings [OutputDim, InputDim] as well.
type ReversibleEmbedding struct {
	Name                  string      `keras:"-"`                                     // empty: "reversible_embedding", "reversible_embedding_1", …
	InputDim              int         `keras:"input_dim,positional,required,from=1"`  // number of vectors: the largest index + 1; must be positive
	OutputDim             int         `keras:"output_dim,positional,required,from=1"` // length of each; must be positive
	Untied                bool        `keras:"tie_weights,not"`                       // the way back has weights of its own
	LogitSoftCap          float64     `keras:"logit_soft_cap,optional,above=0"`       // scores s become cap·tanh(s/cap) with it; 0: they stay
	MaskZero              bool        // index 0 stands for a step that doesn't count, see [MaskOf]
	EmbeddingsInitializer Initializer `keras:",default=random_uniform"` // nil: RandomUniform from −0.05 to 0.05
	EmbeddingsRegularizer Regularizer // nil: none; of the table, not of the way back
	EmbeddingsConstraint  Constraint  // nil: none; of the table, not of the way back
	Reverse               bool        `keras:"-"` // an argument of the call in Keras: goes from vectors to scores
}

var _ = layers.Add(ReversibleEmbedding{}, codec.Ignored("lora_alpha", "reverse_dtype"), codec.Only("lora_rank"))

func (e ReversibleEmbedding) embedding() Embedding {
	return Embedding{InputDim: e.InputDim, OutputDim: e.OutputDim, MaskZero: e.MaskZero, EmbeddingsInitializer: e.EmbeddingsInitializer}
}

// Apply adds the layer to the graph. It panics when a size isn't positive or the input doesn't fit.
func (e ReversibleEmbedding) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if _, err := e.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	if !e.Reverse {
		mustHoldValues(x)
		return e.embedding().lookup(create(scope, e, x).node("embeddings"), x)
	}
	x = asFloat(x)
	w := create(scope, e, x)
	back := w.node("reverse_embeddings")
	if back == nil {
		back = graph.Transpose(w.node("embeddings"), 0, 1)
	}
	scores := matMul(x, back)
	if e.LogitSoftCap != 0 {
		scores = graph.MulScalar(graph.Tanh(graph.DivScalar(scores, e.LogitSoftCap)), e.LogitSoftCap)
	}
	return scores
}

// OutputShape is the input's with OutputDim behind it, in reverse with InputDim in the last place.
func (e ReversibleEmbedding) OutputShape(input ...int) ([]int, error) {
	switch {
	case e.InputDim <= 0 || e.OutputDim <= 0:
		return nil, fmt.Errorf("ReversibleEmbedding has InputDim %d and OutputDim %d, both must be positive", e.InputDim, e.OutputDim)
	case !(e.LogitSoftCap >= 0) || math.IsInf(e.LogitSoftCap, 0):
		return nil, fmt.Errorf("ReversibleEmbedding.LogitSoftCap is %g, must be a finite number of at least 0", e.LogitSoftCap)
	case len(input) == 0:
		return nil, fmt.Errorf("ReversibleEmbedding needs an input [batch, …], got a number")
	case !e.Reverse:
		return append(slices.Clone(input), e.OutputDim), nil
	case len(input) < 2 || input[len(input)-1] != e.OutputDim:
		return nil, fmt.Errorf("ReversibleEmbedding in reverse needs an input [batch, …, %d], got %v", e.OutputDim, input)
	}
	return withLast(input, e.InputDim), nil
}

// Weights are the table and, with Untied, the way back.
func (e ReversibleEmbedding) Weights(...int) []Weight {
	init := orInitializer(e.EmbeddingsInitializer, RandomUniform{})
	weights := []Weight{{Name: "embeddings", Role: Table, Shape: []int{e.InputDim, e.OutputDim}, Initializer: init, Regularizer: e.EmbeddingsRegularizer}}
	if e.Untied {
		weights = append(weights, Weight{Name: "reverse_embeddings", Role: Kernel, Shape: []int{e.OutputDim, e.InputDim}, Initializer: init})
	}
	return weights
}

// Indices is InputDim: how many numbers the layer can look up.
func (e ReversibleEmbedding) Indices() int { return e.InputDim }

// Bounds are those of LogitSoftCap in reverse; else there are none.
func (e ReversibleEmbedding) Bounds() (low, high float64) {
	if e.Reverse && e.LogitSoftCap > 0 {
		return -e.LogitSoftCap, e.LogitSoftCap
	}
	return math.Inf(-1), math.Inf(1)
}

// TorchSteps is nn.Embedding; in reverse, without the lookup, there is no short form.
func (e ReversibleEmbedding) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if e.Reverse || e.Untied {
		return nil, fmt.Errorf("ReversibleEmbedding with its way back: PyTorch has no such module; write nn.functional.linear(x, embedding.weight)")
	}
	return e.embedding().TorchSteps(inputs)
}
