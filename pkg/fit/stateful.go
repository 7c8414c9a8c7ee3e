package fit

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// This file is what is different for a model with stateful layers, such as an [nn.LSTM] with Stateful: batches of one size, in
// their order, in training, evaluation and prediction alike, each of which goes on from the states that the batch before has
// left; the steps of a Fit, its validation and the next Fit included. As in Keras nothing sets the states back but
// [Model.ResetStates].

// batchRows is how many rows each batch has of a model with stateful layers; 0: any number.
func (m *Model) batchRows() int {
	switch {
	case m.stateful == "":
		return 0
	case m.options.BatchSize == 0:
		return defaultBatch
	}
	return m.options.BatchSize
}

// takeBatchSize settles the size of batches by the first Fit, where no option and no use of the model has done it.
func (m *Model) takeBatchSize(rows int) error {
	if m.stateful == "" {
		return nil
	}
	if m.options.BatchSize == 0 && m.shape.inputs == nil {
		m.options.BatchSize = rows
	}
	if n := m.batchRows(); rows != n {
		return fmt.Errorf("the layer %q is stateful and the model built for batches of %d rows, those of this Fit have %d: set the BatchSize of the Config to %d, or that of the Options to %d before the model is built",
			m.stateful, n, rows, n, rows)
	}
	return nil
}

// wholeBatches refuses rows of which a smaller batch would be left, whose states would belong to nobody.
func (m *Model) wholeBatches(what string, rows int) error {
	n := m.batchRows()
	if n == 0 || rows%n == 0 {
		return nil
	}
	return fmt.Errorf("the layer %q is stateful and takes batches of %d rows, the %d %s leave one of %d: leave those out, or fill the batch up",
		m.stateful, n, rows, what, rows%n)
}

// trialRows is the size of the batch that the model is first tried on.
func (m *Model) trialRows() int {
	if n := m.batchRows(); n > 0 {
		return n
	}
	return traceRows
}

// carried are the places of the states of stateful layers among the state's variables.
func (m *Model) carried() (at []int) {
	if m.stateful == "" {
		return nil
	}
	for i, v := range m.state.vars {
		if nn.IsState(v) {
			at = append(at, i)
		}
	}
	return at
}

// carriedResults are the states of stateful layers at the end of g.
func (m *Model) carriedResults(g *graph.Graph) (states []*graph.Node) {
	for _, at := range m.carried() {
		states = append(states, m.state.vars[at].NodeValue(g))
	}
	return states
}

// carry puts the states that an execution has left in place of those it began with.
func (m *Model) carry(states []compute.Buffer) {
	for i, at := range m.carried() {
		finalize(m.state.buffers[at])
		m.state.buffers[at] = states[i]
	}
}

// ResetStates sets the states of all stateful layers to zero, as Keras' reset_states does with one: the next batch begins anew. Where
// there are none it does nothing. It may be called between trainings and from callbacks.
func (m *Model) ResetStates() error {
	m.settle()
	if err := m.download(); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	for _, at := range m.carried() {
		v := m.state.vars[at]
		if err := v.SetValue(tensors.FromShape(v.Shape())); err != nil {
			return fmt.Errorf("fit: state %s: %w", v.Path(), err)
		}
	}
	return nil
}

// statefulEngine validates by itself what another engine trains: batch after batch, each with the states of the one before.
type statefulEngine struct {
	engine
	m          *Model
	validation dataset.Data
}

// train implements engine.
func (e *statefulEngine) train(ctx context.Context, o *order, rates []float32, from, to int, validate bool) (outcome, error) {
	out, err := e.engine.train(ctx, o, rates, from, to, false)
	if err == nil && validate {
		out.validation, err = e.m.evaluate(ctx, e.validation, e.m.batchRows())
	}
	return out, err
}
