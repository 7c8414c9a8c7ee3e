package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Tile repeats its input along axes: a, b twice is a, b, a, b. With Each every place is repeated by itself: a, a, b, b.
//
// Shapes: x [batch, …] → the same, each axis behind the batch as many times as long as Times says.
type Tile struct {
	Name  string `keras:"-"`       // empty: "tile", "tile_1", …
	Times []int  `keras:",from=1"` // for each axis behind the batch, at least 1
	Each  bool   // places by themselves, not the whole
}

var _ = operations.Add(Tile{})

// Apply adds the operation to the graph. It panics when Times don't fit x.
func (t Tile) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	out, err := t.OutputShape(x.Shape().Dimensions...)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	apart, full := []int{x.Shape().Dim(0)}, []int{x.Shape().Dim(0)}
	for i, n := range t.Times {
		size := x.Shape().Dim(i + 1)
		if t.Each {
			apart, full = append(apart, size, 1), append(full, size, n)
		} else {
			apart, full = append(apart, 1, size), append(full, n, size)
		}
	}
	return graph.Reshape(graph.BroadcastToDims(graph.Reshape(x, apart...), full...), out...)
}

// OutputShape is the input's, each axis as many times as long. The error says what doesn't fit.
func (t Tile) OutputShape(input ...int) ([]int, error) {
	if len(t.Times) != len(input)-1 || len(t.Times) == 0 || slices.Min(t.Times) < 1 {
		return nil, fmt.Errorf("Tile.Times is %v, must hold a number of at least 1 for each of the %d axes behind the batch", t.Times, len(input)-1)
	}
	out := slices.Clone(input)
	for i, n := range t.Times {
		out[i+1] *= n
	}
	return out, nil
}

// KerasCall is keras.ops.tile, or keras.ops.repeat of each axis.
func (t Tile) KerasCall(inputs []string) string {
	if !t.Each {
		return fmt.Sprintf("keras.ops.tile(%s, [1, %s])", inputs[0], pythonList(t.Times))
	}
	return t.each(inputs[0], "keras.ops.repeat(%s, %d, axis=%d)")
}

func (t Tile) each(text, call string) string {
	for i, n := range t.Times {
		if n > 1 {
			text = fmt.Sprintf(call, text, n, i+1)
		}
	}
	return text
}

// TorchSteps is tile or repeat_interleave.
func (t Tile) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := t.OutputShape(inputs[0]...); err != nil {
		return nil, err
	}
	if !t.Each {
		return torchAsHere("{x}.tile(1, " + pythonList(t.Times) + ")")
	}
	return torchAsHere(t.each("{x}", "%s.repeat_interleave(%d, dim=%d)"))
}

// once is how often each axis behind the batch is repeated where only one is.
func once(axis, times, rank int) []int {
	all := slices.Repeat([]int{1}, rank-1)
	all[axis-1] = times
	return all
}

// RepeatAlong is a [Tile] that repeats each place of one axis, of an input with so many axes.
func RepeatAlong(axis, times, rank int) (Tile, error) {
	a, err := axisBehind("the axis", axis, rank)
	if err != nil {
		return Tile{}, err
	}
	return Tile{Times: once(a, times, rank), Each: true}, nil
}
