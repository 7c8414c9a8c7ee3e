package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// UnitNormalization divides its input by its L2 norm, so that the norm becomes 1, as Keras' UnitNormalization. What is
// all zero stays so.
//
// Shapes: x [batch, …] → the same.
type UnitNormalization struct {
	Name string `keras:"-"`    // empty: "unit_normalization", "unit_normalization_1", …
	Axis []int  `keras:"axis"` // over which the norm is taken, the batch being 0, from the end when negative; nil: the last
}

var _ = layers.Add(UnitNormalization{})

// Apply adds the layer to the graph. It panics when x lacks an axis.
func (u UnitNormalization) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axes, err := u.axes(x.Rank())
	if err != nil {
		panic(err)
	}
	return unitNorm(asFloat(x), axes...)
}

// unitNorm divides x by its norm over axes.
func unitNorm(x *graph.Node, axes ...int) *graph.Node {
	square := graph.ReduceAndKeep(graph.Square(x), graph.ReduceSum, axes...)
	const least = 1e-24 // the norm is 1e-12 at least
	return graph.Div(x, graph.Sqrt(graph.MaxScalar(square, least)))
}

func (u UnitNormalization) axes(rank int) ([]int, error) {
	if u.Axis == nil {
		u.Axis = []int{-1}
	}
	var axes []int
	for _, a := range u.Axis {
		axis, ok := normalAxis(a, rank)
		if !ok || axis == 0 {
			return nil, fmt.Errorf("UnitNormalization.Axis is %v, must name axes from 1 to %d", u.Axis, rank-1)
		}
		axes = append(axes, axis)
	}
	return axes, nil
}

// OutputShape is the input's.
func (u UnitNormalization) OutputShape(input ...int) ([]int, error) {
	_, err := u.axes(len(input))
	return input, err
}

// Bounds are −1 and 1.
func (UnitNormalization) Bounds() (low, high float64) { return -1, 1 }

// TorchSteps is nn.functional.normalize.
func (u UnitNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	axes, err := u.axes(len(inputs[0]))
	if err != nil {
		return nil, err
	}
	dim := torchTuple(axes)
	switch {
	case len(axes) == 1 && axes[0] == len(inputs[0])-1:
		dim = "-1"
	case len(axes) == 1:
		dim = fmt.Sprint(axes[0])
	}
	return []TorchStep{{Forward: "nn.functional.normalize({x}, dim=" + dim + ")"}}, nil
}
