package fit

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// evalBatch is how many rows are evaluated or predicted at once: enough to keep the cores busy, small
// against the data.
const evalBatch = 4096

// Result is what an evaluation found.
type Result struct {
	Loss    float64            // mean over the rows
	Metrics map[string]float64 // by the metric's name, see [loss.Accumulator] for one with several values
}

// Evaluate computes the loss and the metrics on d, with layers such as Dropout and BatchNormalization as
// in use, not in training. Sample weights weigh the loss, and of the metrics those that ask for it, see [loss.Reported]. Where an
// output has a mask, the loss is the mean of batches of 32, as in Keras, which averages the steps of each that count. The model must have been
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
	if m.loss == nil {
		return Result{}, fmt.Errorf("fit: %w", errForPrediction)
	}
	if err := d.Validate(); err != nil {
		return Result{}, err
	}
	if err := m.build(rowsOf(d.Inputs())); err != nil {
		return Result{}, fmt.Errorf("fit: %w", err)
	}
	if err := m.layMetrics(rowsOf(d.Inputs()), rowsOf(d.Outputs())); err != nil {
		return Result{}, fmt.Errorf("fit: %w", err)
	}
	if err := m.wholeBatches("rows", d.Rows()); err != nil {
		return Result{}, fmt.Errorf("fit: %w", err)
	}
	sums, err := m.evaluate(ctx, d, defaultBatch)
	if err != nil {
		return Result{}, err
	}
	return *m.result(sums, d.Rows()), nil
}

// result is what the sums of an evaluation of so many rows say.
func (m *Model) result(sums []float64, rows int) *Result {
	return &Result{Loss: float64(float32(sums[0] / float64(rows))), Metrics: m.metricValues(sums[1:])}
}

// evaluate returns the sums of the loss and of each metric, of batches of as many rows where that makes a difference. It looks
// at ctx before each batch.
func (m *Model) evaluate(ctx context.Context, d dataset.Data, batchSize int) ([]float64, error) {
	columns, together := m.columns(), m.together(batchSize)
	sums := make([]float32, columns)
	all := make([]float64, columns)
	for from, n := 0, m.atOnce(together); from < d.Rows(); from += n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := m.evaluateBatch(d.Range(from, min(from+n, d.Rows())), together, sums); err != nil {
			return nil, err
		}
		for i, v := range sums {
			all[i] += float64(v)
		}
	}
	return all, nil
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
	if nn.MasksOutput(m.net, len(nn.InputNames(m.net))) || loss.ByWeight(m.loss) {
		return batchSize
	}
	return 0
}

// atOnce is how many rows are evaluated or predicted at once: of a model with stateful layers a batch, else [evalRows].
func (m *Model) atOnce(together int) int {
	if n := m.batchRows(); n > 0 {
		return n
	}
	return evalRows(together)
}

// evalRows is how many rows are evaluated at once: whole batches.
func evalRows(together int) int {
	if together == 0 {
		return evalBatch
	}
	return max(together, evalBatch-evalBatch%together)
}

// run executes a program on the state and the inputs, and reads its results. What it gives behind them are the states of
// stateful layers.
func (m *Model) run(program compute.Executable, inputs []compute.Buffer, into ...[]float32) error {
	if err := m.upload(); err != nil {
		return err
	}
	all := append(append([]compute.Buffer(nil), m.state.buffers...), inputs...)
	results, err := program.Execute(all, make([]bool, len(all)), 0)
	if err != nil {
		return fmt.Errorf("on %s: %w", m.backend.Name(), err)
	}
	if len(results) > len(into) {
		m.carry(results[len(into):])
	}
	defer finalize(results[:len(into)]...)
	for i, values := range into {
		if err := read(results[i], values); err != nil {
			return err
		}
	}
	return nil
}

// compileEval makes a program that evaluates one batch. Inputs: the state; x…, y…[, weights]. Results: the
// sums over the rows; the states of stateful layers.
func (m *Model) compileEval(b compute.Backend, d dataShapes, together int) (compute.Executable, error) {
	return compileGraph(b, "evaluation", func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		b := batchParameters(g, d)
		b.together = together
		return append([]*graph.Node{m.evalStep(g, b)}, m.carriedResults(g)...)
	})
}
