package fit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// forward finds a program of the model for inputs of these shapes.
type forward func(m *Model, xs [][]int) (*program, error)

// Predict returns the model's output for each row of x, shape [rows, …], with layers such as Dropout and
// BatchNormalization as in use. NaN inputs give what the model makes of them. The model must have been
// trained or built for rows of this shape, or is built now. It answers a cancel as [Model.Evaluate] does. Stateful layers go on
// from where the last batch has left them, whatever it was for, see [Model.ResetStates].
func (m *Model) Predict(ctx context.Context, x dataset.Array) (dataset.Array, error) {
	if names := nn.OutputNames(m.net); len(names) > 1 {
		return dataset.Array{}, fmt.Errorf("fit: the model has %d outputs, %s: call PredictAll", len(names), strings.Join(names, ", "))
	}
	all, err := m.PredictAll(ctx, x)
	if err != nil {
		return dataset.Array{}, err
	}
	return all[0], nil
}

// PredictAll is [Model.Predict] for a model with several inputs or outputs: it takes one array for each input, all of as
// many rows, and returns one for each output.
func (m *Model) PredictAll(ctx context.Context, xs ...dataset.Array) ([]dataset.Array, error) {
	return m.through(ctx, xs, m.programs.predict)
}

// through runs a program on the rows of xs.
func (m *Model) through(ctx context.Context, xs []dataset.Array, compile forward) ([]dataset.Array, error) {
	var out []dataset.Array
	var err error
	if _, cancelled := m.await(ctx, func() { out, err = m.predictAll(ctx, xs, compile) }, nil); cancelled != nil {
		return nil, cancelled
	}
	return out, err
}

func (m *Model) predictAll(ctx context.Context, xs []dataset.Array, compile forward) ([]dataset.Array, error) {
	if len(xs) == 0 {
		return nil, errors.New("fit: there is no input to predict from")
	}
	rows := xs[0].Rows()
	for i, x := range xs {
		if err := x.Validate(); err != nil {
			return nil, err
		}
		if x.Rows() != rows {
			return nil, fmt.Errorf("fit: input 0 has %d rows, input %d has %d: give as many of each", rows, i, x.Rows())
		}
	}
	if err := m.build(rowsOf(xs)); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if err := m.wholeBatches("rows", rows); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	var out []dataset.Array
	n := m.atOnce(0)
	for from := 0; from < rows; from += n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		parts := make([]dataset.Array, len(xs))
		for i, x := range xs {
			parts[i] = x.Range(from, min(from+n, rows))
		}
		predicted, err := m.predict(parts, compile)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = predicted
			continue
		}
		for i, p := range predicted {
			out[i].Shape[0] += p.Rows()
			out[i].Values = append(out[i].Values, p.Values...)
		}
	}
	return out, nil
}

func (m *Model) predict(xs []dataset.Array, compile forward) ([]dataset.Array, error) {
	program, err := compile(m, shapesOfAll(xs))
	if err != nil {
		return nil, err
	}
	defer program.release()
	inputs, err := m.uploadArrays(xs)
	if err != nil {
		return nil, err
	}
	defer finalize(inputs...)
	outputs := program.Outputs()
	outputs = outputs[:len(outputs)-len(m.carried())]
	out := make([]dataset.Array, len(outputs))
	values := make([][]float32, len(out))
	for i, s := range outputs {
		values[i] = make([]float32, s.Size())
		out[i] = dataset.Array{Shape: append([]int(nil), s.Dimensions...), Values: values[i]}
	}
	return out, m.run(program, inputs, values...)
}

// compilePredict makes a program of the model's forward pass. Inputs: the state; x…. Results: the outputs.
func (m *Model) compilePredict(xs [][]int) (compute.Executable, error) {
	return m.compileForward("prediction", xs, nil, func(outputs []*graph.Node) []*graph.Node { return outputs })
}

// compileForward makes a program of what becomes of the model's outputs, with the states of stateful layers behind it; see, where it isn't nil, is told about each layer's.
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
		return append(slices.Clip(of(outputs)), m.carriedResults(g)...)
	})
}
