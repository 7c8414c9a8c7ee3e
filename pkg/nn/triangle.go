package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Triangle keeps the lower triangle of the matrices of the last two axes, or the upper one, and sets the rest to 0.
//
// Shapes: x [batch, …, n, m] → the same.
type Triangle struct {
	Name     string `keras:"-"` // empty: "triangle", "triangle_1", …
	Upper    bool   // keeps what is on and above the diagonal, rather than below
	Diagonal int    // which one: 0 the main one, above it positive, below it negative
}

var _ = operations.Add(Triangle{})

// Apply adds the operation to the graph. It panics when there are no matrices behind the batch.
func (t Triangle) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := t.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	if t.Upper {
		return graph.TakeUpperTriangular(asFloat(x), t.Diagonal)
	}
	return graph.TakeLowerTriangular(asFloat(x), t.Diagonal)
}

// OutputShape is the input's. The error says that there are no matrices.
func (t Triangle) OutputShape(input ...int) ([]int, error) {
	if len(input) < 3 {
		return nil, fmt.Errorf("Triangle needs matrices behind the batch, [batch, …, n, m], got %v", input)
	}
	return input, nil
}

func (t Triangle) function() string {
	if t.Upper {
		return "triu"
	}
	return "tril"
}

// KerasCall is keras.ops.tril or triu.
func (t Triangle) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.%s(%s, k=%d)", t.function(), inputs[0], t.Diagonal)
}

// TorchSteps is tril or triu.
func (t Triangle) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := t.OutputShape(inputs[0]...); err != nil {
		return nil, err
	}
	return torchAsHere(fmt.Sprintf("{x}.%s(%d)", t.function(), t.Diagonal))
}
