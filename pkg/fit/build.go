package fit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// modelShape is what the model has been built for, the batch left out; nil: not yet.
type modelShape struct {
	inputs, targets [][]int // one for each
}

// Build draws the weights for rows of this shape, the batch left out: Build(10) for 10 features. Fit,
// Evaluate and Predict do it themselves. A second call with the same shape does nothing, with another
// one it is an error, as is a layer that doesn't fit (an [nn.LayerError]).
func (m *Model) Build(row ...int) error { return m.BuildAll(row) }

// BuildAll is [Model.Build] for a model with several inputs: the shape of a row of each.
func (m *Model) BuildAll(rows ...[]int) error {
	m.settle()
	if err := m.build(rows); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	return nil
}

func (m *Model) build(rows [][]int) error {
	if m.shape.inputs != nil {
		return m.checkInputs(rows)
	}
	if names := nn.InputNames(m.net); len(rows) != len(names) {
		return fmt.Errorf("the model has %d inputs, %s, the data %d: dataset.Data has X for the first and MoreX for the others",
			len(names), strings.Join(names, ", "), len(rows))
	}
	key := m.drawnKey(rows)
	if again, err := m.programs.drawn.again(m, key); err != nil {
		return err
	} else if again {
		m.shape.inputs = cloned(rows)
		return nil
	}
	err := m.trace(rows, func(g *graph.Graph, xs []*graph.Node) {
		m.outputs(m.attach(g, false, nil), xs)
	})
	if err != nil {
		return err
	}
	return m.programs.drawn.remember(m, key, 0)
}

// buildTraining draws the weights and sets the optimizer's memory up.
func (m *Model) buildTraining(rows, targets [][]int) error {
	fresh, known := m.shape.inputs == nil, m.store.NumVariables()
	if err := m.build(rows); err != nil {
		return err
	}
	if m.shape.targets != nil {
		if err := m.checkTargets(targets); err != nil {
			return err
		}
		return m.layMetrics(rows, targets)
	}
	if names := nn.OutputNames(m.net); len(targets) != len(names) {
		return fmt.Errorf("the model has %d outputs, %s, the data targets for %d: dataset.Data has Y for the first and MoreY for the others",
			len(names), strings.Join(names, ", "), len(targets))
	}
	if err := m.download(); err != nil {
		return err
	}
	built, key := m.store.NumVariables(), m.memoryKey(rows, targets)
	if again, err := m.programs.drawn.again(m, key); err != nil {
		return err
	} else if again {
		m.shape.targets = cloned(targets)
		return nil
	}
	err := m.trace(rows, func(g *graph.Graph, xs []*graph.Node) {
		ys := m.traceInputs(g, "y", targets)
		m.trainStep(g, batch{xs: xs, ys: ys}, graph.Parameter(g, "rate", float32s()), true)
	})
	if err == nil {
		err = m.layMetrics(rows, targets)
	}
	if err != nil {
		if fresh { // these may be the wrong inputs too
			m.shape, m.state.vars = modelShape{}, nil
			err = errors.Join(err, m.forget(known))
		}
		return err
	}
	m.shape.targets = cloned(targets)
	return m.programs.drawn.remember(m, key, built)
}

func (m *Model) checkTargets(targets [][]int) error {
	if !slices.EqualFunc(m.shape.targets, targets, slices.Equal) {
		return fmt.Errorf("the model was trained on targets of shape %s, these have %s", shapeList(m.shape.targets), shapeList(targets))
	}
	return nil
}

func (m *Model) checkInputs(rows [][]int) error {
	if !slices.EqualFunc(m.shape.inputs, rows, slices.Equal) {
		return fmt.Errorf("the model was built for rows of shape %s, these have %s", shapeList(m.shape.inputs), shapeList(rows))
	}
	return nil
}

// shapeList is "[2 3]" and for several shapes "[2 3] and [4]".
func shapeList(shapes [][]int) string {
	texts := make([]string, len(shapes))
	for i, shape := range shapes {
		texts[i] = fmt.Sprint(shape)
	}
	return strings.Join(texts, " and ")
}

func cloned(shapes [][]int) [][]int {
	all := make([][]int, len(shapes))
	for i, shape := range shapes {
		all[i] = append([]int{}, shape...) // not nil where a row is one number
	}
	return all
}

// trace builds a part of the training in a graph that is thrown away: that creates every variable it
// needs, on the host and without a compilation.
func (m *Model) trace(rows [][]int, build func(g *graph.Graph, xs []*graph.Node)) error {
	if err := m.download(); err != nil {
		return err
	}
	known := m.store.NumVariables()
	err := catch(func() {
		g := graph.NewGraph(gobackend.GetBackend(), "trace")
		build(g, m.traceInputs(g, "x", rows))
	})
	if err != nil {
		err = fmt.Errorf("on a trial batch of %d rows: %w", m.trialRows(), withoutStack(err))
	} else {
		err = m.drawMissing()
	}
	if err != nil {
		return errors.Join(err, m.forget(known))
	}
	m.state.vars = slices.Collect(m.store.IterVariables())
	m.shape.inputs = cloned(rows)
	return nil
}

// traceInputs are the parameters of a trial batch.
func (m *Model) traceInputs(g *graph.Graph, name string, rows [][]int) []*graph.Node {
	nodes := make([]*graph.Node, len(rows))
	for i, row := range rows {
		nodes[i] = graph.Parameter(g, fmt.Sprintf("%s_%d", name, i), float32s(append([]int{m.trialRows()}, row...)...))
	}
	return nodes
}

// traceRows is the size of the batch that a model is first tried on when it takes any.
const traceRows = 2

// forget deletes the variables that a failed build left behind, so that the next one starts anew.
func (m *Model) forget(known int) error {
	var err error
	for _, v := range slices.Collect(m.store.IterVariables())[known:] {
		err = errors.Join(err, m.store.DeleteVariable(v.Path()))
	}
	return err
}

// drawMissing runs GoMLX's own initializers, which plain GoMLX model functions use, on the pure-Go
// backend: every backend starts from the same numbers, and nothing is compiled for it.
func (m *Model) drawMissing() error {
	missing := false
	for v := range m.store.IterVariables() {
		missing = missing || !v.HasValue()
	}
	if !missing {
		return nil
	}
	if err := m.store.InitializeVariables(gobackend.GetBackend(), nil); err != nil {
		return fmt.Errorf("drawing the initial weights: %w", err)
	}
	for v := range m.store.IterVariables() {
		if err := toHost(v); err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	return nil
}

func toHost(v *model.Variable) error {
	value, err := v.Value()
	if err != nil {
		return err
	}
	return value.ToLocal()
}

// check refuses data that cannot be trained or evaluated on.
func (m *Model) check(d dataset.Data, allowNonFinite bool) error {
	if allowNonFinite {
		return d.ValidateShapes()
	}
	return d.Validate()
}

// checkValidation refuses validation data that the model, built by now, doesn't fit.
func (m *Model) checkValidation(c Config) error {
	d := c.Validation
	if d.X.Shape == nil && d.Y.Shape == nil && d.SampleWeight == nil {
		return nil
	}
	if err := m.check(d, c.AllowNonFinite); err != nil {
		return err
	}
	if err := m.checkInputs(rowsOf(d.Inputs())); err != nil {
		return err
	}
	return m.checkTargets(rowsOf(d.Outputs()))
}
