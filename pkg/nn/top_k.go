package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// TopK gives the K largest values of the last axis, the largest first, and as a second output their places; of equal ones
// the first comes first. The gradient goes to those that were taken. It compares each value with all others, so its memory
// grows with the square of the axis.
//
// Shapes: x [batch, …, n] → two of [batch, …, K].
type TopK struct {
	Name string `keras:"-"` // empty: "top_k", "top_k_1", …
	K    int    // from 1 to n
}

var _ = operations.Add(TopK{})

// Apply panics: there are two outputs.
func (t TopK) Apply(*model.Scope, *graph.Node) *graph.Node {
	panic(fmt.Errorf("TopK has 2 outputs: use it in an nn.Graph"))
}

// ApplyAll returns values and places. It panics when there aren't so many.
func (t TopK) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	if _, err := t.OutputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	x := asFloat(xs[0])
	g, n, front := x.Graph(), x.Shape().Dim(-1), x.Shape().Dimensions[:x.Rank()-1]
	wide := func(last int, dtype dtypes.DType) shapes.Shape {
		return shapes.Make(dtype, append(slices.Clone(front), n, last)...)
	}
	spread := func(x *graph.Node, axis, last int) *graph.Node {
		return graph.BroadcastToDims(graph.InsertAxes(x, axis), wide(last, x.DType()).Dimensions...)
	}
	own, others := spread(x, -1, n), spread(x, -2, n)
	pairs := wide(n, dtypes.Int32)
	last := pairs.Rank() - 1
	earlier := graph.LessThan(graph.Iota(g, pairs, last), graph.Iota(g, pairs, last-1))
	before := graph.LogicalOr(graph.GreaterThan(others, own), graph.LogicalAnd(graph.Equal(others, own), earlier))
	rank := graph.ReduceSum(graph.ConvertDType(graph.StopGradient(before), dtypes.Int32), -1)
	takes := graph.Equal(spread(rank, -1, t.K), graph.Iota(g, wide(t.K, dtypes.Int32), last))
	pick := func(x *graph.Node) *graph.Node {
		x = spread(x, -1, t.K)
		return graph.ReduceSum(graph.Where(takes, x, graph.ZerosLike(x)), -2)
	}
	places := graph.StopGradient(pick(graph.Iota(g, shapes.Make(dtypes.Float32, x.Shape().Dimensions...), x.Rank()-1)))
	return []*graph.Node{pick(x), places}
}

// OutputShapes are those of values and places. The error says why there aren't so many.
func (t TopK) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) != 1 {
		return nil, fmt.Errorf("TopK takes one input, here are %d", len(inputs))
	}
	last := len(inputs[0]) - 1
	if last < 1 || t.K < 1 || t.K > inputs[0][last] {
		return nil, fmt.Errorf("TopK.K is %d, must be at least 1 and at most the last size of an input [batch, …, n], here %v", t.K, inputs[0])
	}
	out := withLast(inputs[0], t.K)
	return [][]int{out, out}, nil
}

// Bends is true.
func (TopK) Bends() bool { return true }

func (TopK) severalOutputs() bool { return true }

// KerasCall is keras.ops.top_k.
func (t TopK) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.top_k(%s, %d)", inputs[0], t.K)
}

// TorchSteps is an error: one output can be written.
func (t TopK) TorchSteps([][]int) ([]TorchStep, error) {
	return nil, fmt.Errorf("TopK has 2 outputs, one can be written")
}
