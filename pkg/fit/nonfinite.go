package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// NonFiniteError says where a training went wrong.
type NonFiniteError struct {
	Epoch, Step int     // both counted from 1, the step within the epoch
	Loss        float64 // NaN, +Inf or -Inf
	Layer       string  // whose output, or weight, is the first that isn't finite; empty: none is
	Weight      string  // of that layer, when it came into the step broken, "kernel"
	Rows        []int   // of the training data, in the step's batch, where it shows; counted from 0
	where       string
}

// Error names epoch, step, rows and layer; it counts rows from 1, as texts do, where Rows are places.
func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("the loss became %v at epoch %d, step %d%s: %s", e.Loss, e.Epoch, e.Step, e.rows(), e.where)
}

func (e *NonFiniteError) rows() string {
	const most = 5
	if len(e.Rows) == 0 {
		return ""
	}
	names := make([]string, min(len(e.Rows), most))
	for i := range names {
		names[i] = fmt.Sprint(e.Rows[i] + 1)
	}
	text := strings.Join(names, ", ")
	if len(e.Rows) > most {
		text += fmt.Sprintf(" and %d more", len(e.Rows)-most)
	}
	if len(e.Rows) == 1 {
		return " (row " + text + ")"
	}
	return " (rows " + text + ")"
}

// TraceNonFinite goes back to the step that lies back steps behind, counted from 1 for the last one, and looks for the
// first number in it that isn't finite. before is the [Run.Snapshot] of the last call of Begin or Tick. The model is left as it was
// before that step. Errors: a step that belongs to an earlier execution, a failing backend, a cancelled context.
func (r *Run) TraceNonFinite(back int, before Snapshot) (*NonFiniteError, error) {
	return r.training.traceNonFinite(back, before.values)
}

// traceNonFinite goes back to the step that lies back steps behind, counted from 1 for the last one, and
// looks for the first number in it that isn't finite. before is the state at the start of the last
// execution. The model is left as it was before that step.
func (t *trainer) traceNonFinite(back int, before []any) (*NonFiniteError, error) {
	last := t.done
	step := last.to - back
	if step < last.from {
		return nil, fmt.Errorf("step %d belongs to an earlier execution", step)
	}
	found := &NonFiniteError{
		Loss:  float64(t.history.Steps[len(t.history.Steps)-back]),
		Epoch: t.view.Epoch + 1,
		Step:  t.view.Step - back + 1,
	}
	if t.view.Step == 0 { // the epoch has just ended
		found.Epoch, found.Step = t.view.Epoch, t.steps-back+1
	}
	var err error
	search := func() {
		if err = t.returnTo(step, before); err == nil {
			rows := last.order.of(step)
			err = t.m.locateNonFinite(found, takeRows(t.data, rows), rows)
		}
	}
	if cancelled := t.await(t.view.ctx, search, func() {}); cancelled != nil {
		return nil, cancelled
	}
	return found, err
}

// returnTo gives the model the state in which a step of the last execution began; before is that at the
// beginning of the execution.
func (t *trainer) returnTo(step int, before []any) error {
	last := t.done
	if err := t.m.state.restore(before); err != nil {
		return err
	}
	t.m.steps -= last.to - last.from
	if last.to%t.steps == 0 {
		t.m.epochs--
	}
	if step == last.from {
		return nil
	}
	out, err := t.engine.train(t.view.ctx, last.order, last.rates, last.from, step, false)
	if err != nil && t.m.state.torn {
		return t.m.lost(err)
	}
	t.m.steps += len(out.records) / t.m.columns()
	return err
}

// locateNonFinite looks at the data, the weights, and then the layers in the order of computation.
func (m *Model) locateNonFinite(found *NonFiniteError, d dataset.Data, rows []int32) error {
	names := slices.Concat(m.namesOf("x", nn.InputNames(m.net)), m.namesOf("y", nn.OutputNames(m.net)))
	for i, a := range slices.Concat(d.Inputs(), d.Outputs()) {
		if bad := badRows(a.Values, rows); len(bad) > 0 {
			found.Rows, found.where = bad, names[i]+" is not finite there"
			return nil
		}
	}
	weight, err := m.brokenWeight()
	if err != nil {
		return err
	}
	if weight != "" {
		layer, name := splitWeight(weight)
		found.Layer, found.Weight = layer, name
		found.where = fmt.Sprintf("the update of the step before left a value that isn't finite in the %s of layer %q", name, layer)
		return nil
	}
	return m.brokenLayer(found, d, rows)
}

// brokenWeight is the path of the first weight with a value that isn't finite.
func (m *Model) brokenWeight() (string, error) {
	values, err := m.state.snapshot()
	if err != nil {
		return "", err
	}
	for i, v := range m.state.vars {
		if !isWeight(v) {
			continue
		}
		for _, x := range values[i].([]float32) {
			if !finite(x) {
				return v.Path(), nil
			}
		}
	}
	return "", nil
}

// brokenLayer computes the batch once more and finds the first layer whose output isn't finite.
func (m *Model) brokenLayer(found *NonFiniteError, d dataset.Data, rows []int32) error {
	var layers []string
	program, err := compileGraph(m.backend, "search", func(g *graph.Graph) []*graph.Node {
		m.state.parameters(g)
		b := batchParameters(g, shapesOf(d))
		layers = layers[:0]
		var outputs []*graph.Node
		nn.Observe(g, func(scope string, _ nn.Layer, output *graph.Node) {
			layers = append(layers, strings.TrimPrefix(scope, "/"))
			outputs = append(outputs, finiteRows(output))
		})
		predictions := m.outputs(m.attach(g, true, nil), b.xs)
		nn.Observe(g, nil)
		all := finiteRows(predictions[0])
		for _, p := range predictions[1:] {
			all = graph.Add(all, finiteRows(p))
		}
		outputs = append(outputs, all, finiteRows(m.lossRows(b, predictions)))
		return []*graph.Node{graph.Concatenate(outputs, 0)}
	})
	if err != nil {
		return err
	}
	flags, err := m.search(program, d, (len(layers)+2)*len(rows))
	if err != nil {
		return err
	}
	for i := range len(layers) + 2 {
		bad := badRows(flags[i*len(rows):(i+1)*len(rows)], rows)
		if len(bad) == 0 {
			continue
		}
		found.Rows = bad
		switch {
		case i < len(layers):
			found.Layer = layers[i]
			found.where = fmt.Sprintf("the first value that isn't finite is in the output of layer %q", layers[i])
		case i == len(layers):
			found.where = "the first value that isn't finite is in the model's output"
		default:
			found.where = fmt.Sprintf("the model's output is finite, its %s is not", m.loss)
		}
		return nil
	}
	found.where = "the loss of every row is finite, their mean with weights and penalties is not"
	return nil
}

// search runs the program of brokenLayer on the state as it is.
func (m *Model) search(program compute.Executable, d dataset.Data, size int) ([]float32, error) {
	defer program.Finalize()
	inputs, err := m.uploadData(d)
	if err != nil {
		return nil, err
	}
	defer finalize(inputs...)
	flags := make([]float32, size)
	return flags, m.run(program, inputs, flags)
}

// finiteRows is 0 for each row [batch] whose values are all finite, else NaN.
func finiteRows(x *graph.Node) *graph.Node {
	ok := graph.IsFinite(graph.ConvertDType(x, dtypes.Float32))
	if x.Rank() > 1 {
		ok = graph.ReduceLogicalAnd(graph.Reshape(ok, x.Shape().Dim(0), -1), 1)
	}
	g := x.Graph()
	zero := graph.BroadcastToDims(graph.Scalar(g, dtypes.Float32, 0), x.Shape().Dim(0))
	return graph.Where(ok, zero, graph.AddScalar(zero, nan))
}

// badRows names the rows, of as many equal parts of values, that aren't finite.
func badRows(values []float32, rows []int32) []int {
	var bad []int
	size := len(values) / len(rows)
	for i, row := range rows {
		for _, v := range values[i*size : (i+1)*size] {
			if !finite(v) {
				bad = append(bad, int(row))
				break
			}
		}
	}
	slices.Sort(bad)
	return bad
}

func splitWeight(path string) (layer, name string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// namesOf are the names for errors of a model's inputs or outputs: alone of the one, and the name of each of several.
func (m *Model) namesOf(alone string, names []string) []string {
	if len(names) == 1 {
		return []string{alone}
	}
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = fmt.Sprintf("%s of %q", alone, name)
	}
	return all
}

func finite(x float32) bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) }
