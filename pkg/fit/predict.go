package fit

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
)

// Predict returns the model's output for each row of x, shape [rows, …], with layers such as Dropout and
// BatchNormalization as in use. NaN inputs give what the model makes of them. The model must have been
// trained or built for rows of this shape, or is built now. It answers a cancel as [Model.Evaluate] does.
func (m *Model) Predict(ctx context.Context, x dataset.Array) (dataset.Array, error) {
	var out dataset.Array
	var err error
	if _, cancelled := m.await(ctx, func() { out, err = m.predictAll(ctx, x) }, nil); cancelled != nil {
		return dataset.Array{}, cancelled
	}
	return out, err
}

func (m *Model) predictAll(ctx context.Context, x dataset.Array) (dataset.Array, error) {
	if err := x.Validate(); err != nil {
		return dataset.Array{}, err
	}
	if err := m.build(x.Shape[1:]); err != nil {
		return dataset.Array{}, fmt.Errorf("fit: %w", err)
	}
	var out dataset.Array
	for from := 0; from < x.Rows(); from += evalBatch {
		if err := ctx.Err(); err != nil {
			return dataset.Array{}, err
		}
		part, err := m.predict(x.Range(from, min(from+evalBatch, x.Rows())))
		if err != nil {
			return dataset.Array{}, err
		}
		if out.Shape == nil {
			out.Shape = part.Shape
			out.Shape[0] = x.Rows()
		}
		out.Values = append(out.Values, part.Values...)
	}
	return out, nil
}

func (m *Model) predict(x dataset.Array) (dataset.Array, error) {
	program, err := m.programs.predict(m, x.Shape)
	if err != nil {
		return dataset.Array{}, err
	}
	defer program.release()
	input, err := m.floats(x.Values, x.Shape...)
	if err != nil {
		return dataset.Array{}, err
	}
	defer finalize(input)
	outputs := program.Outputs()
	values := make([]float32, outputs[0].Size())
	if err := m.run(program, []compute.Buffer{input}, values); err != nil {
		return dataset.Array{}, err
	}
	return dataset.Array{Shape: append([]int(nil), outputs[0].Dimensions...), Values: values}, nil
}

// compilePredict makes a program of the model's forward pass. Inputs: the state; x. Result: the output.
func (m *Model) compilePredict(x []int) (compute.Executable, error) {
	return compileGraph(m.backend, "prediction", func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		scope := m.attach(g, false, nil)
		return []*graph.Node{m.net.Apply(scope, graph.Parameter(g, "x", float32s(x...)))}
	})
}
