package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// CosineSimilarity is −Σ l·p/(‖l‖·‖p‖) over the last axis, from −1 for vectors that point the same way to 1 for
// opposite ones. Keras: "cosine_similarity".
//
// Lengths don't count, and a vector of zeros gives 0; as in Keras on JAX, the gradient for a prediction of zeros is NaN.
// Shapes: [batch, …, n], both; axes between are averaged. With one output, n = 1, only the sign counts: nothing is
// learned.
type CosineSimilarity struct{}

// Keras doesn't write the axis into its files.
var (
	_ = losses.Add(CosineSimilarity{}, averaged, codec.LastAxis("axis"))
	_ = losses.Say("cosine_similarity", CosineSimilarity{})
)

// PerRow implements [Loss].
func (CosineSimilarity) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	return meanPerRow(graph.Neg(graph.ReduceSum(graph.Mul(unit(labels), unit(predictions)), -1)))
}

// unit divides by the length along the last axis, by 1e-7 at least.
func unit(x *graph.Node) *graph.Node {
	inverse := graph.Reciprocal(graph.Sqrt(graph.ReduceAndKeep(graph.Square(x), graph.ReduceSum, -1)))
	highest := graph.Scalar(x.Graph(), x.DType(), 1/epsilon)
	return graph.Mul(x, graph.Where(graph.GreaterThan(inverse, highest), highest, inverse))
}

// String is "cosine_similarity".
func (CosineSimilarity) String() string { return "cosine_similarity" }
