package fit

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Probe reads numbers off training steps ([Options.ProbeEvery] says which), inside the step's graph. It changes nothing.
//
// A probe must be a plain value: what it adds to the graph depends on its fields alone.
type Probe interface {
	// Measure is called whenever the graph of a measured step is built, behind the update. Names and sizes of what
	// it returns must be the same each time. It is graph-building code.
	Measure(s *StepGraph) []Reading
}

// Reading is one number, or a vector of them, that a probe reads off each step.
type Reading struct {
	Name  string      // unique among a model's readings, "gradient norm/dense/kernel"
	Value *graph.Node // float32, of any shape; it is flattened
}

// StepGraph is a training step as a probe sees it. All nodes belong to one graph.
type StepGraph struct {
	Graph   *graph.Graph
	Inputs  []*graph.Node // the batch, [batch, …] for each input
	Targets []*graph.Node // the same for each output
	Mask    *graph.Node   // [batch], 1 for data and 0 for padding; nil: all data
	Rows    *graph.Node   // scalar float32, rows of data in the batch
	Outputs []*graph.Node // the predictions, [batch, …] for each output
	Loss    *graph.Node   // scalar, penalties included
	Layers  []LayerOutput // of every layer that is applied by name, inner ones before the ones around them
	Weights []WeightStep  // every trainable weight
}

// LayerOutput is what a layer gave in the step.
type LayerOutput struct {
	Path   string // "/dense_1"
	Layer  nn.Layer
	Output *graph.Node // [batch, …]
}

// WeightStep is what the step did to a trainable weight. All four nodes have the weight's shape.
type WeightStep struct {
	Path          string      // "/dense_1/kernel"
	Before, After *graph.Node // its value
	Gradient      *graph.Node // of the loss, penalties included
	Applied       *graph.Node // the gradient behind the optimizer's transformations, such as clipping
}

// ReadingColumn names a reading in the [Readings].
type ReadingColumn struct {
	Name string
	Size int // numbers in it
}

// Readings is what the probes read, a row for each measured step.
type Readings struct {
	Columns []ReadingColumn
	Steps   []int       // the measured steps, counted from 1: the loss of step s is History.Steps[s-1]
	Rows    [][]float32 // [measured step][all columns' numbers one after the other]
}

// Column returns the numbers of one reading at each measured step, [measured step][size]; false when there
// is none of that name.
func (r *Readings) Column(name string) ([][]float32, bool) {
	from := 0
	for _, c := range r.Columns {
		if c.Name == name {
			values := make([][]float32, len(r.Rows))
			for i, row := range r.Rows {
				values[i] = row[from : from+c.Size]
			}
			return values, true
		}
		from += c.Size
	}
	return nil, false
}

// watch collects what the probes want to see while a step is built; nil does nothing.
type watch struct {
	layers   []LayerOutput
	weights  []WeightStep
	readings []ReadingColumn
}

// newWatch begins to watch g when the model has probes.
func (m *Model) newWatch(g *graph.Graph) *watch {
	if len(m.options.Probes) == 0 {
		return nil
	}
	w := &watch{}
	nn.Observe(g, func(scope string, layer nn.Layer, output *graph.Node) {
		w.layers = append(w.layers, LayerOutput{Path: scope, Layer: layer, Output: output})
	})
	optim.Observe(g, func(_ []*model.Variable, gradients []*graph.Node) {
		for i := range w.weights {
			w.weights[i].Applied = gradients[i]
		}
	})
	return w
}

// gradients notes the weights before the update.
func (w *watch) gradients(scope *model.Scope, g *graph.Graph, gradients []*graph.Node) {
	if w == nil {
		return
	}
	for v := range scope.IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			grad := gradients[len(w.weights)]
			w.weights = append(w.weights, WeightStep{Path: v.Path(), Before: v.NodeValue(g), Gradient: grad, Applied: grad})
		}
	}
}

// measure asks the probes, and returns their readings as one vector; nil when there are none.
func (w *watch) measure(m *Model, s *StepGraph) *graph.Node {
	if w == nil {
		return nil
	}
	nn.Observe(s.Graph, nil)
	optim.Observe(s.Graph, nil)
	for i := range w.weights {
		w.weights[i].After = m.store.GetVariable(w.weights[i].Path).NodeValue(s.Graph)
	}
	s.Layers, s.Weights = w.layers, w.weights
	var values []*graph.Node
	for _, p := range m.options.Probes {
		for _, r := range p.Measure(s) {
			if slices.ContainsFunc(w.readings, func(c ReadingColumn) bool { return c.Name == r.Name }) {
				panic(fmt.Errorf("two readings are named %q", r.Name))
			}
			w.readings = append(w.readings, ReadingColumn{Name: r.Name, Size: r.Value.Shape().Size()})
			values = append(values, graph.Reshape(graph.ConvertDType(r.Value, dtypes.Float32), -1))
		}
	}
	m.readings = w.readings
	if len(values) == 0 {
		return nil
	}
	return stack(values)
}

// read appends what the probes read in the step that comes next.
func (h *History) read(columns []ReadingColumn, values []float32) {
	h.Readings.Columns = columns
	h.Readings.Steps = append(h.Readings.Steps, len(h.Steps)+1)
	h.Readings.Rows = append(h.Readings.Rows, slices.Clone(values))
}
