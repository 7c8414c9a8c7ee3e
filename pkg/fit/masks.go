package fit

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// Masks are those of the model's outputs for rows of xs, one array for each input, as [Model.PredictAll] takes them: for each
// output an array [rows, time] that is 1 where a step counts and 0 where the loss leaves it out, or one of ones, [rows], for
// an output without a mask.
func (m *Model) Masks(ctx context.Context, xs ...dataset.Array) ([]dataset.Array, error) {
	return m.through(ctx, xs, m.programs.masks)
}

// compileMasks makes a program of the masks of the model's outputs. Inputs: the state; x….
func (m *Model) compileMasks(xs [][]int) (compute.Executable, error) {
	return m.compileForward("masks", xs, nil, func(outputs []*graph.Node) []*graph.Node {
		masks := make([]*graph.Node, len(outputs))
		for i, y := range outputs {
			if mask := nn.MaskOf(y); mask != nil {
				masks[i] = graph.ConvertDType(mask, dtypes.Float32)
			} else {
				masks[i] = graph.Ones(y.Graph(), float32s(y.Shape().Dim(0)))
			}
		}
		return masks
	})
}

// compileForward makes a program of what becomes of the model's outputs; see, where it isn't nil, is told about each layer's.
func (m *Model) compileForward(name string, xs [][]int, see nn.Observer, of func(outputs []*graph.Node) []*graph.Node) (compute.Executable, error) {
	return compileGraph(m.backend, name, func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		scope := m.attach(g, false, nil)
		inputs := make([]*graph.Node, len(xs))
		for i, x := range xs {
			inputs[i] = graph.Parameter(g, fmt.Sprintf("x_%d", i), float32s(x...))
		}
		nn.Observe(g, see)
		outputs := m.outputs(scope, inputs)
		nn.Observe(g, nil)
		return of(outputs)
	})
}
