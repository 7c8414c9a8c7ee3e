package fit

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// evalBatch is how many rows are evaluated or predicted at once: enough to keep the cores busy, small
// against the data.
const evalBatch = 4096

// Result is what an evaluation found, each a mean over the rows.
type Result struct {
	Loss    float64
	Metrics map[string]float64 // by the metric's name
}

// Evaluate computes the loss and the metrics on d, with layers such as Dropout and BatchNormalization as
// in use, not in training. Sample weights weigh the loss, not the metrics. Where an output has a mask, the loss is the mean of
// batches of 32, as in Keras, which averages the steps of each that count. The model must have been
// trained or built for rows of this shape, or is built now.
//
// When ctx is cancelled, Evaluate returns its error within half a second. An execution or a compilation that is under
// way then ends in the background: until the model is used again, which waits for it, d must stay as it is.
func (m *Model) Evaluate(ctx context.Context, d dataset.Data) (Result, error) {
	var result Result
	var err error
	if _, cancelled := m.await(ctx, func() { result, err = m.evaluateAll(ctx, d) }, nil); cancelled != nil {
		return Result{}, cancelled
	}
	return result, err
}

func (m *Model) evaluateAll(ctx context.Context, d dataset.Data) (Result, error) {
	if err := d.Validate(); err != nil {
		return Result{}, err
	}
	if err := m.build(rowsOf(d.Inputs())); err != nil {
		return Result{}, fmt.Errorf("fit: %w", err)
	}
	means, err := m.evaluate(ctx, d, defaultBatch)
	if err != nil {
		return Result{}, err
	}
	all := asFloat64(means)
	return Result{Loss: all[0], Metrics: m.metricValues(all[1:])}, nil
}

// evaluate returns the means of the loss and of each metric, of batches of as many rows where that makes a difference. It looks
// at ctx before each batch.
func (m *Model) evaluate(ctx context.Context, d dataset.Data, batchSize int) ([]float32, error) {
	columns, together := m.columns(), m.together(batchSize)
	sums := make([]float32, columns)
	var all []float32
	for from, n := 0, evalRows(together); from < d.Rows(); from += n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := m.evaluateBatch(d.Range(from, min(from+n, d.Rows())), together, sums); err != nil {
			return nil, err
		}
		all = append(all, sums...)
	}
	return meansOf(all, columns, d.Rows()), nil
}

// evaluateBatch writes the sums over the rows of d.
func (m *Model) evaluateBatch(d dataset.Data, together int, sums []float32) error {
	program, err := m.programs.eval(m, shapesOf(d), together)
	if err != nil {
		return err
	}
	defer program.release()
	inputs, err := m.uploadData(d)
	if err != nil {
		return err
	}
	defer finalize(inputs...)
	return m.run(program, inputs, sums)
}

// together is how many rows of an evaluation are one batch for the loss, where batches are of as many rows; 0: all the same.
func (m *Model) together(batchSize int) int {
	if nn.MasksOutput(m.net, len(nn.InputNames(m.net))) {
		return batchSize
	}
	return 0
}

// evalRows is how many rows are evaluated at once: whole batches.
func evalRows(together int) int {
	if together == 0 {
		return evalBatch
	}
	return max(together, evalBatch-evalBatch%together)
}

// run executes a program on the state and the inputs, and reads its results.
func (m *Model) run(program compute.Executable, inputs []compute.Buffer, into ...[]float32) error {
	if err := m.upload(); err != nil {
		return err
	}
	all := append(append([]compute.Buffer(nil), m.state.buffers...), inputs...)
	results, err := program.Execute(all, make([]bool, len(all)), 0)
	if err != nil {
		return fmt.Errorf("on %s: %w", m.backend.Name(), err)
	}
	defer finalize(results...)
	for i, values := range into {
		if err := read(results[i], values); err != nil {
			return err
		}
	}
	return nil
}

// compileEval makes a program that evaluates one batch. Inputs: the state; x…, y…[, weights]. Result: the
// sums over the rows.
func (m *Model) compileEval(d dataShapes, together int) (compute.Executable, error) {
	return compileGraph(m.backend, "evaluation", func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		b := batchParameters(g, d)
		b.together = together
		return []*graph.Node{m.evalStep(g, b)}
	})
}
