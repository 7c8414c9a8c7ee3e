package nn

import (
	"fmt"

	"example.com/unstuck/internal/codec"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// GlobalAveragePooling1D is the mean over time, as Keras' layer of that name.
//
// Shapes: x [batch, time, features] → [batch, features].
type GlobalAveragePooling1D struct {
	Name string `keras:"-"` // empty: "global_average_pooling1d", "global_average_pooling1d_1", …
}

var _ = layers.Add(GlobalAveragePooling1D{}, codec.Only("data_format", "channels_last"), codec.Only("keepdims", false))

// Apply adds the layer to the graph. It panics when x isn't of rank 3.
func (p GlobalAveragePooling1D) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if x.Rank() != 3 {
		panic(fmt.Errorf("GlobalAveragePooling1D needs an input [batch, time, features], got %s", x.Shape()))
	}
	return graph.ReduceMean(asFloat(x), 1)
}

// OutputShape is the input's without the time.
func (GlobalAveragePooling1D) OutputShape(input ...int) ([]int, error) {
	if len(input) != 3 {
		return nil, fmt.Errorf("GlobalAveragePooling1D needs an input [batch, time, features], got %v", input)
	}
	return []int{input[0], input[2]}, nil
}
