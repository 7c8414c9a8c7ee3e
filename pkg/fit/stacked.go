package fit

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// stacked is the state of all lanes of a group on the device: of each variable the values one behind the other, or a single one where they
// are the same.
type stacked struct {
	along   []bool
	buffers []compute.Buffer // nil: nothing has been brought there

	mu   sync.Mutex // of host: lanes look at the same time
	host []any      // copies of the buffers, made when somebody looks; nil: none since the last execution
}

// shapes are those of the variables with an axis of lanes where they have values of their own.
func (g *group) shapes() []shapes.Shape {
	vars := g.lanes[0].trainer.m.state.vars
	all := make([]shapes.Shape, len(vars))
	for i, v := range vars {
		all[i] = g.wide(v.Shape(), g.stack.along[i])
	}
	return all
}

func (g *group) wide(s shapes.Shape, along bool) shapes.Shape {
	if !along {
		return s
	}
	return shapes.Make(s.DType, append([]int{g.width}, s.Dimensions...)...)
}

// gather brings the values to the device that lanes have on the host.
func (g *group) gather(asking []*lane) error {
	var fresh []*lane
	for _, l := range asking {
		if !l.ahead {
			fresh = append(fresh, l)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	s := &g.stack
	all := make([]any, len(s.along))
	first := s.buffers == nil
	for i, shape := range g.shapes() {
		if first {
			all[i] = reflect.MakeSlice(reflect.SliceOf(shape.DType.GoType()), shape.Size(), shape.Size()).Interface()
			continue
		}
		var err error
		if all[i], err = s.copyOf(i); err != nil {
			return err
		}
	}
	for _, l := range fresh {
		m := l.trainer.m
		if err := m.state.download(); err != nil { // of one that was evaluated in between
			return err
		}
		for i := range all {
			value, err := m.state.valueOf(i)
			if err != nil {
				return err
			}
			put(all[i], value, l.at)
			if !first || l != fresh[0] || !s.along[i] {
				continue
			}
			for spare := len(g.lanes); spare < g.width; spare++ {
				put(all[i], value, spare)
			}
		}
	}
	return g.place(all, fresh)
}

// put puts a lane's values at their place; a single value stays where it is.
func put(all, value any, at int) {
	to, from := reflect.ValueOf(all), reflect.ValueOf(value)
	if to.Len() == from.Len() {
		at = 0
	}
	reflect.Copy(to.Slice(at*from.Len(), to.Len()), from)
}

// place puts new buffers in place of those on the device.
func (g *group) place(all []any, fresh []*lane) error {
	s, backend := &g.stack, g.lanes[0].trainer.m.backend
	buffers := make([]compute.Buffer, len(all))
	for i, shape := range g.shapes() {
		var err error
		if buffers[i], err = backend.BufferFromFlatData(0, all[i], shape); err != nil {
			finalize(buffers...)
			return fmt.Errorf("copying the weights of %d trainings to %s: %w", g.width, backend.Name(), err)
		}
	}
	s.release()
	s.buffers = buffers
	for _, l := range fresh {
		l.trainer.m.onHost = l.trainer.m.progress
		l.ahead = true
	}
	return nil
}

// replace takes the results of an execution; the old buffers were donated to it.
func (s *stacked) replace(buffers []compute.Buffer) { s.buffers, s.host = buffers, nil }

func (s *stacked) release() {
	finalize(s.buffers...)
	s.buffers, s.host = nil, nil
}

// on is the copy of a variable of all lanes on the host.
func (s *stacked) on(i int) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.host == nil {
		s.host = make([]any, len(s.buffers))
	}
	if s.host[i] != nil {
		return s.host[i], nil
	}
	if s.buffers == nil {
		return nil, errors.New("the weights on the device are gone")
	}
	shape, err := s.buffers[i].Shape()
	if err != nil {
		return nil, err
	}
	flat := reflect.MakeSlice(reflect.SliceOf(shape.DType.GoType()), shape.Size(), shape.Size()).Interface()
	if err := read(s.buffers[i], flat); err != nil {
		return nil, err
	}
	s.host[i] = flat
	return flat, nil
}

// copyOf is a copy that may be changed.
func (s *stacked) copyOf(i int) (any, error) {
	flat, err := s.on(i)
	if err != nil {
		return nil, err
	}
	from := reflect.ValueOf(flat)
	to := reflect.MakeSlice(from.Type(), from.Len(), from.Len())
	reflect.Copy(to, from)
	return to.Interface(), nil
}

// valueOf is the lane's value of a variable on the device, not to be changed.
func (l *lane) valueOf(i int) (any, error) {
	flat, err := l.group.stack.on(i)
	if err != nil || !l.group.stack.along[i] {
		return flat, err
	}
	n := l.trainer.m.state.vars[i].Shape().Size()
	return reflect.ValueOf(flat).Slice(l.at*n, (l.at+1)*n).Interface(), nil
}

// take brings the lane's values from the device into the model's variables.
func (l *lane) take() error {
	s := &l.trainer.m.state
	values := make([]*tensors.Tensor, len(s.vars))
	for i, v := range s.vars {
		flat, err := l.valueOf(i)
		if err == nil {
			values[i] = tensors.FromShape(v.Shape())
			err = values[i].MutableFlatData(func(to any) { reflect.Copy(reflect.ValueOf(to), reflect.ValueOf(flat)) })
		}
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	if err := s.set(values); err != nil {
		return err
	}
	l.ahead = false
	return nil
}

// countsAlike tells whether what the lanes have once has the same value in this one, whose values are on the host.
func (g *group) countsAlike(l *lane) bool {
	if g.stack.buffers == nil {
		return true
	}
	for i, along := range g.stack.along {
		if along {
			continue
		}
		want, err := g.stack.on(i)
		if err != nil {
			return false
		}
		if got, err := l.trainer.m.state.valueOf(i); err != nil || !equal(got, want) {
			return false
		}
	}
	return true
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }
