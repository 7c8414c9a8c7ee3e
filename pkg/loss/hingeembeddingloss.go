package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// HingeEmbeddingLoss is the mean of x where the label is 1 and of max(0, Margin − x) where it is −1, x being a distance that
// is to be small or large: PyTorch's nn.HingeEmbeddingLoss. Of other labels both count. Shapes and NaN as for [MSE].
type HingeEmbeddingLoss struct {
	Margin float64 `keras:"-"` // PyTorch's default is 1
}

var _ = losses.Add(HingeEmbeddingLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (h HingeEmbeddingLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	y := alike(labels, predictions)
	g, dtype := y.Graph(), y.DType()
	zero := graph.ScalarZero(g, dtype)
	apart := atLeast(graph.AddScalar(graph.Neg(predictions), h.Margin), 0)
	return meanPerRow(graph.Add(
		graph.Where(graph.Equal(y, graph.Scalar(g, dtype, -1)), zero, predictions),
		graph.Where(graph.Equal(y, graph.ScalarOne(g, dtype)), zero, apart)))
}

// Validate refuses a Margin that is NaN or infinite.
func (h HingeEmbeddingLoss) Validate() error { return codec.Check(h) }

// String is "hinge_embedding".
func (HingeEmbeddingLoss) String() string { return "hinge_embedding" }

func (h HingeEmbeddingLoss) torch(int) Torch {
	return torchModule("HingeEmbeddingLoss", codec.PythonArgument("margin", h.Margin, 1)...)
}
