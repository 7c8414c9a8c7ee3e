package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// adaptive are the settings of all layers that pool into a number of parts.
type adaptive struct {
	Name       string
	OutputSize []int
	DataFormat string
}

// sizes is into how many parts each axis of an input is divided, and the shape of what comes out.
func (p adaptive) sizes(layer string, n int, input []int) (parts, out []int, err error) {
	axes, err := spatialAxes(layer, p.DataFormat, n, input)
	if err != nil {
		return nil, nil, err
	}
	if len(p.OutputSize) == 0 {
		return nil, nil, fmt.Errorf("%s.OutputSize is missing", layer)
	}
	if largest := slices.Max(extentsOf(input, axes)); largest > maxWindow {
		return nil, nil, fmt.Errorf("%s: axes of up to %d places are supported, here is one of %d", layer, maxWindow, largest)
	}
	if parts, err = amounts(layer+".OutputSize", p.OutputSize, n, 1, 1); err != nil {
		return nil, nil, err
	}
	return parts, moved(input, axes, parts, p.DataFormat, input[channelAxis(p.DataFormat, len(input))]), nil
}

// apply pools axis by axis: part i of n of an axis is from ⌊i·extent/n⌋ to ⌈(i+1)·extent/n⌉.
func (p adaptive) apply(layer string, n int, x *graph.Node, pool func(x *graph.Node, axis int) *graph.Node) *graph.Node {
	parts, _, err := p.sizes(layer, n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x, back := channelsToLast(asFloat(x), p.DataFormat)
	for i, count := range parts {
		axis := i + 1
		extent, pooled := x.Shape().Dim(axis), make([]*graph.Node, count)
		for part := range pooled {
			pooled[part] = pool(graph.SliceAxis(x, axis, graph.AxisRange(part*extent/count, ceilDiv((part+1)*extent, count))), axis)
		}
		x = pooled[0]
		if count > 1 {
			x = graph.Concatenate(pooled, axis)
		}
	}
	return back(x)
}

func meanOf(x *graph.Node, axis int) *graph.Node {
	return graph.ReduceAndKeep(x, graph.ReduceMean, axis)
}

// maxOf compares one by one, so that among equals the first takes the gradient.
func maxOf(x *graph.Node, axis int) *graph.Node {
	largest := graph.SliceAxis(x, axis, graph.AxisElem(0))
	for i := 1; i < x.Shape().Dim(axis); i++ {
		largest = larger(largest, graph.SliceAxis(x, axis, graph.AxisElem(i)))
	}
	return largest
}

func (p adaptive) torchSteps(layer, class string, n int, input []int) ([]TorchStep, error) {
	parts, _, err := p.sizes(layer, n, input)
	if err != nil {
		return nil, err
	}
	steps, err := torchModule(fmt.Sprintf("%s%dd", class, n), torchSizes(parts))
	steps[0].Layout = torchFormat(p.DataFormat)
	return steps, err
}
