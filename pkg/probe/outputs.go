package probe

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
)

// output is what a layer gave, prepared for measuring.
type output struct {
	name  string
	layer nn.Layer
	x     *graph.Node // [rows, units], float32; padded rows are 0
	keep  *graph.Node // [rows, units] bool, false for padded rows; nil: all are data
	count *graph.Node // numbers in x that are data, a scalar
}

// outputs lists the outputs of a step's layers, each once: a Sequential's output is that of its last layer,
// which is the one that is listed. Outputs that aren't numbers of a floating type are left out. A layer that
// is applied twice is listed twice, as "dense" and "dense (2)".
func outputs(s *fit.StepGraph) []output {
	var all []output
	seen := map[*graph.Node]bool{}
	times := map[string]int{}
	for _, l := range s.Layers {
		if seen[l.Output] || !l.Output.DType().IsFloat() || l.Output.Rank() == 0 {
			continue
		}
		seen[l.Output] = true
		n := name(l.Path)
		times[n]++
		if t := times[n]; t > 1 {
			n = fmt.Sprintf("%s (%d)", n, t)
		}
		all = append(all, newOutput(s, n, l))
	}
	return all
}

// newOutput folds all axes before the last one into rows: a unit is a place on the last axis.
func newOutput(s *fit.StepGraph, name string, l fit.LayerOutput) output {
	x := graph.ConvertDType(l.Output, dtypes.Float32)
	o := output{name: name, layer: l.Layer, x: twoAxes(x)}
	if s.Mask == nil || x.Shape().Dim(0) != s.Mask.Shape().Dim(0) {
		o.count = graph.Const(s.Graph, float32(x.Shape().Size()))
		return o
	}
	o.keep = twoAxes(rowsOf(s, x))
	o.x = graph.Where(o.keep, o.x, graph.ZerosLike(o.x))
	o.count = graph.Mul(s.Rows, graph.Const(s.Graph, float32(x.Shape().Size()/x.Shape().Dim(0))))
	return o
}

// twoAxes is x as [rows, units].
func twoAxes(x *graph.Node) *graph.Node {
	if x.Rank() == 1 {
		return graph.Reshape(x, -1, 1)
	}
	return graph.Reshape(x, -1, x.Shape().Dim(-1))
}

// rowsOf says of each number in x [batch, …] whether it belongs to a row of data.
func rowsOf(s *fit.StepGraph, x *graph.Node) *graph.Node {
	keep := graph.GreaterThan(s.Mask, graph.ZerosLike(s.Mask))
	dims := make([]int, x.Rank())
	for i := range dims {
		dims[i] = 1
	}
	dims[0] = x.Shape().Dim(0)
	return graph.BroadcastToDims(graph.Reshape(keep, dims...), x.Shape().Dimensions...)
}

// data is y where o has data, and 0 elsewhere; y is [rows, units] float32.
func (o output) data(y *graph.Node) *graph.Node {
	if o.keep == nil {
		return y
	}
	return graph.Where(o.keep, y, graph.ZerosLike(y))
}

// share is the mean of marks [rows, units] bool over the data.
func (o output) share(marks *graph.Node) *graph.Node {
	ones := o.data(graph.ConvertDType(marks, dtypes.Float32))
	return graph.Div(graph.ReduceAllSum(ones), o.count)
}
