package fit

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// state is everything that a step changes: the variables of the model and of the optimizer, in a fixed
// order, and from the first execution on, until somebody asks for them, their values on the device.
type state struct {
	vars    []*model.Variable
	buffers []compute.Buffer // nil: the values are in vars
	lane    *lane            // the values may be among those of a group; nil: they aren't
	torn    bool             // an execution was given the buffers for good and has not given new ones, or not all that belongs to them
}

func (s *state) shapes() []shapes.Shape {
	all := make([]shapes.Shape, len(s.vars))
	for i, v := range s.vars {
		all[i] = v.Shape()
	}
	return all
}

// parameters makes the state's variables the first parameters of g's function.
func (s *state) parameters(g *graph.Graph) {
	for _, v := range s.vars {
		v.NodeValue(g)
	}
}

// results are the variables' values at the end of g.
func (s *state) results(g *graph.Graph) []*graph.Node {
	nodes := make([]*graph.Node, len(s.vars))
	for i, v := range s.vars {
		nodes[i] = v.NodeValue(g)
	}
	return nodes
}

// upload copies the variables to the device.
func (s *state) upload(backend compute.Backend) error {
	if s.buffers != nil {
		return nil
	}
	buffers := make([]compute.Buffer, len(s.vars))
	err := transfer(backend, len(s.vars), func(i int) error {
		v := s.vars[i]
		value, err := v.Value()
		if err == nil {
			var failed error
			err = value.ConstFlatData(func(flat any) { buffers[i], failed = backend.BufferFromFlatData(0, flat, v.Shape()) })
			err = errors.Join(err, failed)
		}
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
		return nil
	})
	if err != nil {
		finalize(buffers...)
		return err
	}
	s.buffers = buffers
	return nil
}

// upload brings the state to the device. The variables keep what they have: the model goes back to that when an
// execution takes the state with it.
func (m *Model) upload() error {
	if m.state.buffers != nil {
		return nil
	}
	if err := m.download(); err != nil { // from a group's
		return err
	}
	m.onHost = m.progress
	return m.state.upload(m.backend)
}

// replace takes the results of an execution; the old buffers were donated to it.
func (s *state) replace(buffers []compute.Buffer) { s.buffers = buffers }

// download copies the values back into the variables and frees the device's: all of them, or none on an error.
func (s *state) download() error {
	if s.lane != nil && s.lane.ahead {
		return s.lane.take()
	}
	if s.buffers == nil {
		return nil
	}
	values := make([]*tensors.Tensor, len(s.vars))
	if len(values) == 0 {
		s.release()
		return nil
	}
	err := transfer(s.buffers[0].Backend(), len(s.vars), func(i int) error {
		v := s.vars[i]
		values[i] = tensors.FromShape(v.Shape())
		var failed error
		err := values[i].MutableFlatData(func(flat any) { failed = read(s.buffers[i], flat) })
		if err = errors.Join(err, failed); err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.set(values); err != nil {
		return err
	}
	s.release()
	return nil
}

// set gives the variables values of their shapes.
func (s *state) set(values []*tensors.Tensor) error {
	for _, v := range s.vars {
		if err := v.CheckValid(); err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	for i, v := range s.vars {
		if err := v.SetValuePreservingOld(values[i]); err != nil { // a variable that isn't valid, and they all are
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	return nil
}

// download brings the state back from the device. What can't be read is lost, and the error says so.
func (m *Model) download() error {
	if err := m.state.download(); err != nil {
		return m.lost(err)
	}
	return nil
}

// release frees the device's values.
func (s *state) release() {
	if s.lane != nil {
		s.lane.ahead = false
	}
	finalize(s.buffers...)
	s.buffers, s.torn = nil, false
}

// lose goes back to the values that the variables have: those on the device are no more, or part of them is. What an
// execution was given for good is left to the garbage collector, for it may be part of something else by now.
func (m *Model) lose() {
	if l := m.state.lane; l != nil && l.ahead {
		l.ahead, m.state.torn = false, false
		m.progress = m.onHost
		return
	}
	if m.state.buffers == nil {
		return
	}
	if !m.state.torn {
		finalize(m.state.buffers...)
	}
	m.state.buffers, m.state.torn = nil, false
	m.progress = m.onHost
}

// lost is the error of what took the state with it.
func (m *Model) lost(err error) error {
	m.lose()
	return fmt.Errorf("%w; the weights on %s are lost with it: the model is back at those of epoch %d, step %d of its life",
		err, m.backend.Name(), m.epochs, m.steps)
}

// donated says of n inputs that the first len(s.vars) may be overwritten.
func (s *state) donated(n int) []bool {
	donate := make([]bool, n)
	for i := range s.vars {
		donate[i] = true
	}
	return donate
}

func finalize(buffers ...compute.Buffer) {
	for _, b := range buffers {
		if b != nil {
			_ = b.Finalize() // freeing twice or too late has no one to tell
		}
	}
}
