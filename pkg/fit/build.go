package fit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/dataset"
)

// modelShape is what the model has been built for, the batch left out; nil: not yet.
type modelShape struct {
	input, target, output []int
}

// Build draws the weights for rows of this shape, the batch left out: Build(10) for 10 features. Fit,
// Evaluate and Predict do it themselves. A second call with the same shape does nothing, with another
// one it is an error, as is a layer that doesn't fit (an [nn.LayerError]).
func (m *Model) Build(row ...int) error {
	m.settle()
	if err := m.build(row); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	return nil
}

func (m *Model) build(row []int) error {
	if m.shape.input != nil {
		return m.checkInput(row)
	}
	return m.trace(row, func(g *graph.Graph, x *graph.Node) {
		m.shape.output = m.net.Apply(m.attach(g, false, nil), x).Shape().Dimensions[1:]
	})
}

// buildTraining draws the weights and sets the optimizer's memory up.
func (m *Model) buildTraining(row, target []int) error {
	fresh, known := m.shape.input == nil, m.store.NumVariables()
	if err := m.build(row); err != nil {
		return err
	}
	if m.shape.target != nil {
		return m.checkTarget(target)
	}
	err := m.trace(row, func(g *graph.Graph, x *graph.Node) {
		y := graph.Parameter(g, "y", float32s(append([]int{traceRows}, target...)...))
		m.trainStep(g, batch{x: x, y: y}, graph.Parameter(g, "rate", float32s()), true)
	})
	if err != nil {
		if fresh { // these may be the wrong inputs too
			m.shape, m.state.vars = modelShape{}, nil
			err = errors.Join(err, m.forget(known))
		}
		return err
	}
	m.shape.target = append([]int{}, target...)
	return nil
}

func (m *Model) checkTarget(target []int) error {
	if !slices.Equal(m.shape.target, target) {
		return fmt.Errorf("the model was trained on targets of shape %v, these have %v", m.shape.target, target)
	}
	return nil
}

func (m *Model) checkInput(row []int) error {
	if !slices.Equal(m.shape.input, row) {
		return fmt.Errorf("the model was built for rows of shape %v, these have %v", m.shape.input, row)
	}
	return nil
}

// trace builds a part of the training in a graph that is thrown away: that creates every variable it
// needs, on the host and without a compilation.
func (m *Model) trace(row []int, build func(g *graph.Graph, x *graph.Node)) error {
	if err := m.download(); err != nil {
		return err
	}
	known := m.store.NumVariables()
	err := catch(func() {
		g := graph.NewGraph(gobackend.GetBackend(), "trace")
		build(g, graph.Parameter(g, "x", float32s(append([]int{traceRows}, row...)...)))
	})
	if err != nil {
		err = fmt.Errorf("on a trial batch of %d rows: %w", traceRows, withoutStack(err))
	} else {
		err = m.drawMissing()
	}
	if err != nil {
		return errors.Join(err, m.forget(known))
	}
	m.state.vars = slices.Collect(m.store.IterVariables())
	m.shape.input = append([]int{}, row...)
	return nil
}

// traceRows is the size of the batch that the model is first tried on.
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
	if err := m.checkInput(d.X.Shape[1:]); err != nil {
		return err
	}
	return m.checkTarget(d.Y.Shape[1:])
}

// columns is the length of the record of a training step and of an evaluation.
func (m *Model) columns() int { return 1 + len(m.options.Metrics) }
