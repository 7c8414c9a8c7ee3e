package fit

import (
	"context"
	"fmt"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// LayerOutput returns what one layer puts out for each row of xs, as in use: the feature maps of a convolution, [rows,
// height, width, filters], say. layer is its path as in [Model.Weights], "conv2d" or "block/conv2d". Of a layer that is used more than once
// it is the last output. Errors are those of [Model.PredictAll], and a layer that isn't there.
func (m *Model) LayerOutput(ctx context.Context, layer string, xs ...dataset.Array) (dataset.Array, error) {
	var out []dataset.Array
	var err error
	layer = strings.Trim(layer, "/")
	if _, cancelled := m.await(ctx, func() {
		out, err = m.forward(ctx, xs, func(shapes [][]int) (*program, error) { return m.programs.layer(m, layer, shapes) })
	}, nil); cancelled != nil {
		return dataset.Array{}, cancelled
	}
	if err != nil {
		return dataset.Array{}, err
	}
	return out[0], nil
}

func (p *programs) layer(m *Model, layer string, xs [][]int) (*program, error) {
	return p.get(m.key("layer "+layer, xs), func() (compute.Executable, error) { return m.compileLayer(layer, xs) })
}

// compileLayer makes a program of the forward pass that results in one layer's output.
func (m *Model) compileLayer(layer string, xs [][]int) (compute.Executable, error) {
	return compileGraph(m.backend, "output of "+layer, func(g *graph.Graph) []*graph.Node {
		var found *graph.Node
		var names []string
		nn.Observe(g, func(scope string, _ nn.Layer, output *graph.Node) {
			if name := strings.Trim(scope, "/"); name == layer {
				found = output
			} else if name != "" {
				names = append(names, name)
			}
		})
		m.forwardGraph(g, xs)
		nn.Observe(g, nil)
		if found == nil {
			panic(fmt.Errorf("there is no layer %q; there are %s", layer, strings.Join(names, ", ")))
		}
		return []*graph.Node{found}
	})
}
