package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Embedding looks up a vector for each whole number of the input, as Keras' Embedding.
//
// The input may come as integers or as float32, whose fraction is cut off. An index below 0, from InputDim on,
// or NaN gives a vector of NaN on every backend, so that it can't pass unnoticed (Keras does so on JAX,
// where negative ones count from the end, and fails on TensorFlow).
//
// Shapes: x [batch, …] → [batch, …, OutputDim]; embeddings [InputDim, OutputDim].
type Embedding struct {
	Name                  string      // empty: "embedding", "embedding_1", …
	InputDim              int         // number of vectors: the largest index + 1; must be positive
	OutputDim             int         // length of each; must be positive
	EmbeddingsInitializer Initializer // nil: RandomUniform from −0.05 to 0.05
	EmbeddingsRegularizer Regularizer // nil: none
}

// Kind is "embedding".
func (Embedding) Kind() string { return "embedding" }

// LayerName is Name.
func (e Embedding) LayerName() string { return e.Name }

// Apply adds the layer to the graph. It panics when a size isn't positive.
func (e Embedding) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if e.InputDim <= 0 || e.OutputDim <= 0 {
		panic(fmt.Errorf("Embedding has InputDim %d and OutputDim %d, both must be positive", e.InputDim, e.OutputDim))
	}
	if x.Rank() == 0 {
		panic(fmt.Errorf("Embedding needs an input [batch, …], got %s", x.Shape()))
	}
	mustHoldValues(x)
	table := weight(scope, "embeddings", orInitializer(e.EmbeddingsInitializer, RandomUniform{}), e.InputDim, e.OutputDim)
	regularize(table, e.EmbeddingsRegularizer, x.Graph())
	index, valid := e.indices(x)
	vectors := graph.Gather(table.NodeValue(x), graph.InsertAxes(index, -1))
	return graph.Where(valid, vectors, graph.Const(x.Graph(), float32(math.NaN())))
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
