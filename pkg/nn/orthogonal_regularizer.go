package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// OrthogonalRegularizer is the mean of |cos| of the angles between all pairs of rows of a matrix, or of columns, times
// Factor/2: 0 where they stand at right angles. Keras: OrthogonalRegularizer.
//
// The weight must be a matrix. A row of zeros counts as at a right angle to all; its gradient is NaN, as in Keras on JAX.
type OrthogonalRegularizer struct {
	Factor float64 `keras:"factor,default=0.01"`     // strength; 0 means 0.01
	Mode   string  `keras:"mode,oneof=rows|columns"` // what stands at right angles; empty: "rows"
}

var (
	_ = regularizers.Add(OrthogonalRegularizer{})
	_ = regularizers.Say("orthogonal_regularizer", OrthogonalRegularizer{})
)

// Penalty returns the scalar.
func (r OrthogonalRegularizer) Penalty(w *graph.Node) *graph.Node {
	if err := codec.Check(r); err != nil {
		panic(err)
	}
	if w.Rank() != 2 {
		panic(fmt.Errorf("OrthogonalRegularizer needs a matrix, got a weight of shape %v", w.Shape().Dimensions))
	}
	if r.Mode == "columns" {
		w = graph.Transpose(w, 0, 1)
	}
	factor := r.Factor
	if factor == 0 {
		factor = 0.01
	}
	n := w.Shape().Dim(0)
	inverse := graph.Reciprocal(graph.Sqrt(graph.ReduceAndKeep(graph.Square(w), graph.ReduceSum, -1)))
	w = graph.Mul(w, graph.MinScalar(inverse, 1e7))
	product := graph.Dot(w, graph.Transpose(w, 0, 1)).Product()
	others := graph.OneMinus(graph.ConvertDType(graph.Diagonal(w.Graph(), n), w.DType()))
	pairs := float64(n) * float64(n-1) / 2
	sum := graph.ReduceAllSum(graph.Abs(graph.Mul(product, others)))
	return graph.DivScalar(graph.MulScalar(sum, 0.5*factor), pairs)
}
