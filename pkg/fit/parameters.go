package fit

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// parameters adds one parameter a shape to g's current function; prefix keeps the names of a program's
// functions apart.
func parameters(g *graph.Graph, prefix string, all []shapes.Shape) []*graph.Node {
	nodes := make([]*graph.Node, len(all))
	for i, s := range all {
		nodes[i] = graph.Parameter(g, fmt.Sprintf("%s_%d", prefix, i), s)
	}
	return nodes
}

// functionParameters adds one parameter a shape to a function of a program; prefix keeps the names of
// functions apart. specs say how they lie on several devices; nil: there is one.
func functionParameters(f compute.Function, prefix string, all []shapes.Shape, specs []*compute.ShardingSpec) ([]compute.Value, error) {
	values := make([]compute.Value, len(all))
	for i, s := range all {
		var spec *compute.ShardingSpec
		if specs != nil {
			spec = specs[i]
		}
		var err error
		if values[i], err = f.Parameter(fmt.Sprintf("%s_%d", prefix, i), s, spec); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func float32s(dims ...int) shapes.Shape { return shapes.Make(dtypes.Float32, dims...) }

func int32s(dims ...int) shapes.Shape { return shapes.Make(dtypes.Int32, dims...) }
