package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// What layers make of whole numbers: the names of Keras' output_mode.
const (
	asIndex    = "int"
	asOneHot   = "one_hot"
	asMultiHot = "multi_hot"
	asCount    = "count"
)

// encoded writes indices from 0 to below size as a mode says; others count nowhere. No gradient goes through it.
func encoded(index *graph.Node, mode string, size int) *graph.Node {
	if mode == asIndex {
		return index
	}
	dims := index.Shape().Dimensions
	if mode == asOneHot && len(dims) > 1 && dims[len(dims)-1] == 1 {
		index = graph.Squeeze(index, -1)
	}
	g := index.Graph()
	places := graph.ConvertDType(graph.Iota(g, shapeLike(index, size), index.Rank()), index.DType())
	wide := graph.BroadcastToDims(graph.InsertAxes(index, -1), shapeLike(index, size).Dimensions...)
	hot := graph.ConvertDType(graph.Equal(wide, places), dtypes.Float32)
	switch mode {
	case asMultiHot:
		hot = graph.ReduceMax(hot, 1)
	case asCount:
		hot = graph.ReduceSum(hot, 1)
	}
	return graph.StopGradient(hot)
}

// encodedShape is the shape of [encoded].
func encodedShape(layer string, input []int, mode string, size int) ([]int, error) {
	switch mode {
	case asIndex:
		return input, nil
	case asOneHot:
		if len(input) > 1 && input[len(input)-1] == 1 {
			input = input[:len(input)-1]
		}
	case asMultiHot, asCount:
		if len(input) < 2 {
			return nil, fmt.Errorf("%s with %s needs an input [batch, numbers], got %v", layer, mode, input)
		}
		input = slices.Delete(slices.Clone(input), 1, 2)
	default:
		return nil, fmt.Errorf("%s.OutputMode is %q, must be %q, %q, %q or %q", layer, mode, asIndex, asOneHot, asMultiHot, asCount)
	}
	return append(slices.Clone(input), size), nil
}

// torchEncoded is the expression of [encoded], given that of the indices as integers.
func torchEncoded(index string, input []int, mode string, size int) string {
	if mode == asOneHot && len(input) > 1 && input[len(input)-1] == 1 {
		index += ".squeeze(-1)"
	}
	hot := fmt.Sprintf("(%s.unsqueeze(-1) == torch.arange(%d, device={x}.device)).float()", index, size)
	switch mode {
	case asIndex:
		return index + ".float()"
	case asMultiHot:
		return hot + ".amax(1)"
	case asCount:
		return hot + ".sum(1)"
	}
	return hot
}

// whole cuts off the fractions of an input, which may come as integers.
func whole(x *graph.Node) *graph.Node {
	mustHoldValues(x)
	if x.DType().IsFloat() {
		return graph.StopGradient(graph.Mul(graph.Sign(x), graph.Floor(graph.Abs(x))))
	}
	return asFloat(x)
}
