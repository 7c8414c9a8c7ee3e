package fit

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// state is everything that a step changes: the variables of the model and of the optimizer, in a fixed
// order, and while a training runs their values on the device.
type state struct {
	vars    []*model.Variable
	buffers []compute.Buffer // nil: the values are in vars
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
	for i, v := range s.vars {
		value, err := v.Value()
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
		err = value.ConstFlatData(func(flat any) {
			buffers[i], err = backend.BufferFromFlatData(0, flat, v.Shape())
		})
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	s.buffers = buffers
	return nil
}

// replace takes the results of an execution; the old buffers were donated to it.
func (s *state) replace(buffers []compute.Buffer) { s.buffers = buffers }

// download copies the values back into the variables and frees the device's.
func (s *state) download() error {
	if s.buffers == nil {
		return nil
	}
	for i, v := range s.vars {
		value, err := v.Value()
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
		var failed error
		err = value.MutableFlatData(func(flat any) { failed = read(s.buffers[i], flat) })
		if err = errors.Join(err, failed); err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	s.release()
	return nil
}

// release frees the device's values.
func (s *state) release() {
	finalize(s.buffers...)
	s.buffers = nil
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
