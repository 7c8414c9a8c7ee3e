package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// CategoryEncoding makes of whole numbers from 0 to below NumTokens what a network can compute with, as Keras'
// CategoryEncoding: with "one_hot" a vector of zeros with a 1 for each number, with "multi_hot" one vector for the whole row,
// in which every number that is there has a 1, with "count" one that says how often each is there. Numbers out of the range
// count nowhere, and fractions are cut off. No gradient goes through it.
//
// Shapes: x [batch, numbers] → [batch, NumTokens]; with "one_hot" [batch, …] → [batch, …, NumTokens], where a last axis of
// size 1 is taken away first.
type CategoryEncoding struct {
	Name       string `keras:"-"`                                         // empty: "category_encoding", "category_encoding_1", …
	NumTokens  int    `keras:"num_tokens,positional,required,from=1"`     // how many numbers there are; must be positive
	OutputMode string `keras:"output_mode,oneof=multi_hot|one_hot|count"` // "multi_hot", "one_hot" or "count"; empty: multi_hot
}

var _ = layers.Add(CategoryEncoding{}, ignoresSparse)

// Apply adds the layer to the graph. It panics when NumTokens isn't positive, or the input has too few axes.
func (c CategoryEncoding) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := c.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	return encoded(whole(x), c.mode(), c.NumTokens)
}

func (c CategoryEncoding) mode() string {
	if c.OutputMode == "" {
		return asMultiHot
	}
	return c.OutputMode
}

// OutputShape has NumTokens in the last place. The error says what is wrong with the settings or the input.
func (c CategoryEncoding) OutputShape(input ...int) ([]int, error) {
	if c.NumTokens < 1 {
		return nil, fmt.Errorf("CategoryEncoding.NumTokens is %d, must be positive", c.NumTokens)
	}
	if c.mode() == asIndex {
		return nil, fmt.Errorf("CategoryEncoding.OutputMode is %q, must be %q, %q or %q", c.OutputMode, asMultiHot, asOneHot, asCount)
	}
	return encodedShape("CategoryEncoding", input, c.mode(), c.NumTokens)
}

// Indices is NumTokens.
func (c CategoryEncoding) Indices() int { return c.NumTokens }

// Bounds are 0 and 1; with "count" there is no upper one.
func (c CategoryEncoding) Bounds() (low, high float64) {
	if c.mode() == asCount {
		return 0, math.Inf(1)
	}
	return 0, 1
}

// TorchSteps is an expression.
func (c CategoryEncoding) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return []TorchStep{{Forward: torchEncoded("{x}.long()", inputs[0], c.mode(), c.NumTokens)}}, nil
}

// shapeLike is a node's shape with an axis behind it.
func shapeLike(x *graph.Node, size int) shapes.Shape {
	return shapes.Make(dtypes.Int32, append(append([]int{}, x.Shape().Dimensions...), size)...)
}
