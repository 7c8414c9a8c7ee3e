package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// RepeatVector makes a sequence of N equal steps of each row, as Keras' RepeatVector.
//
// Shapes: x [batch, features] → [batch, N, features].
type RepeatVector struct {
	Name string `keras:"-"`                            // empty: "repeat_vector", "repeat_vector_1", …
	N    int    `keras:"n,positional,required,from=1"` // how often, at least once
}

var _ = layers.Add(RepeatVector{})

// Apply adds the layer to the graph. It panics when N isn't positive or x isn't of rank 2.
func (r RepeatVector) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	shape, err := r.OutputShape(x.Shape().Dimensions...)
	if err != nil {
		panic(err)
	}
	return graph.BroadcastToDims(graph.InsertAxes(x, 1), shape...)
}

// OutputShape has N steps.
func (r RepeatVector) OutputShape(input ...int) ([]int, error) {
	if len(input) != 2 {
		return nil, fmt.Errorf("RepeatVector needs an input [batch, features], got %v", input)
	}
	if r.N < 1 {
		return nil, fmt.Errorf("RepeatVector.N is %d, must be positive", r.N)
	}
	return []int{input[0], r.N, input[1]}, nil
}

// TorchSteps is an expression.
func (r RepeatVector) TorchSteps([][]int) ([]TorchStep, error) {
	return []TorchStep{{Forward: fmt.Sprintf("{x}[:, None].repeat(1, %d, 1)", r.N)}}, nil
}
