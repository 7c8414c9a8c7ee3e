package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Embedding looks up a vector for each whole number of the input, as Keras' Embedding.
//
// The input may come as integers or as float32, whose fraction is cut off. An index below 0, from InputDim on,
// or NaN gives a vector of NaN on every backend, so that it can't pass unnoticed (Keras does so on JAX,
// where negative ones count from the end, and fails on TensorFlow).
//
// Shapes: x [batch, …] → [batch, …, OutputDim]; embeddings [InputDim, OutputDim].
type Embedding struct {
	Name      string `keras:"-"`                                     // empty: "embedding", "embedding_1", …
	InputDim  int    `keras:"input_dim,positional,required,from=1"`  // number of vectors: the largest index + 1; must be positive
	OutputDim int    `keras:"output_dim,positional,required,from=1"` // length of each; must be positive
	MaskZero  bool   // index 0 stands for a step that doesn't count, see [MaskOf]
	// Padding holds indices whose vectors no gradient moves, as PyTorch's padding_idx; Keras has no such thing. nil: all are moved.
	Padding               []int       `keras:"-"`
	EmbeddingsInitializer Initializer `keras:",default=random_uniform"` // nil: RandomUniform from −0.05 to 0.05
	EmbeddingsRegularizer Regularizer // nil: none
	EmbeddingsConstraint  Constraint  // nil: none
	// LoRARank leaves the table as it is and trains a correction A·B of that rank, whose weights are lora_embeddings_a and
	// lora_embeddings_b; 0: it trains the table. Keras' lora_alpha does nothing here.
	LoRARank int `keras:"lora_rank,optional,from=0"`
}

var _ = layers.Add(Embedding{}, codec.Ignored("lora_alpha", "input_length"))

// Apply adds the layer to the graph. It panics when a size isn't positive.
func (e Embedding) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if e.InputDim <= 0 || e.OutputDim <= 0 {
		panic(fmt.Errorf("Embedding has InputDim %d and OutputDim %d, both must be positive", e.InputDim, e.OutputDim))
	}
	if x.Rank() == 0 {
		panic(fmt.Errorf("Embedding needs an input [batch, …], got %s", x.Shape()))
	}
	mustHoldValues(x)
	return e.lookup(create(scope, e, x).node("embeddings"), x)
}

// lookup gathers the vectors of x, and makes the mask.
func (e Embedding) lookup(table, x *graph.Node) *graph.Node {
	index, valid := e.indices(x)
	vectors := graph.Gather(table, graph.InsertAxes(index, -1))
	for _, still := range e.Padding {
		is := graph.Equal(index, graph.Scalar(x.Graph(), index.DType(), still))
		vectors = graph.Where(graph.BroadcastToDims(graph.InsertAxes(is, -1), vectors.Shape().Dimensions...), graph.StopGradient(vectors), vectors)
	}
	y := graph.Where(valid, vectors, graph.Const(x.Graph(), float32(math.NaN())))
	if e.MaskZero {
		makeMask(y, graph.LogicalOr(graph.NotEqual(index, graph.ScalarZero(x.Graph(), index.DType())), graph.LogicalNot(valid)))
	}
	return y
}

// OutputShape is the input's with OutputDim behind it.
func (e Embedding) OutputShape(input ...int) ([]int, error) {
	return append(slices.Clone(input), e.OutputDim), nil
}

// Weights is the table.
func (e Embedding) Weights(...int) []Weight {
	return []Weight{{
		Name: "embeddings", Role: Table, Shape: []int{e.InputDim, e.OutputDim},
		Initializer: orInitializer(e.EmbeddingsInitializer, RandomUniform{}), Regularizer: e.EmbeddingsRegularizer,
	}}
}

// Indices is InputDim: how many numbers the layer can look up.
func (e Embedding) Indices() int { return e.InputDim }

// TorchSteps is nn.Embedding, which takes integers alone and fails on those that aren't indices.
func (e Embedding) TorchSteps([][]int) ([]TorchStep, error) {
	arguments := []string{fmt.Sprint(e.InputDim), fmt.Sprint(e.OutputDim)}
	if len(e.Padding) > 0 {
		arguments = append(arguments, fmt.Sprintf("padding_idx=%d", e.Padding[0]))
	}
	steps, _ := torchModule("Embedding", arguments...)
	steps[0].Parameters = []TorchParameter{{Weight: "embeddings", Name: "weight"}}
	steps[0].Note = "Embedding takes integers, and fails on those that are no index."
	return steps, nil
}

// indices are the whole numbers of x, 0 in place of those that aren't indices, and which ones are.
func (e Embedding) indices(x *graph.Node) (index, valid *graph.Node) {
	if !x.DType().IsFloat() && x.DType() != dtypes.Int64 {
		x = graph.ConvertDType(x, dtypes.Int32) // a small type may not reach InputDim
	}
	zero := graph.ScalarZero(x.Graph(), x.DType())
	valid = graph.And(graph.GreaterOrEqual(x, zero), graph.LessThan(x, graph.Scalar(x.Graph(), x.DType(), e.InputDim)))
	index = graph.Where(valid, x, zero)
	if x.DType().IsFloat() {
		index = graph.ConvertDType(index, dtypes.Int32)
	}
	return index, valid
}
