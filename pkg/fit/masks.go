package fit

import (
	"context"

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
