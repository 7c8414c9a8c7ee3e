package fit

import (
	"fmt"
	"reflect"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Snapshot is a copy of all weights and of the optimizer's memory on the host.
type Snapshot struct{ values []any }

// Snapshot copies the state of the model, as far as it has been trained.
func (r *Run) Snapshot() (Snapshot, error) {
	r.Model.settle()
	values, err := r.Model.state.snapshot()
	return Snapshot{values}, err
}

// snapshot copies the values of the state's variables, in their order, without taking them from the
// device: a slice of Go numbers each.
func (s *state) snapshot() ([]any, error) {
	all := make([]any, len(s.vars))
	for i := range all {
		var err error
		if all[i], err = s.valueOf(i); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// valueOf copies the value of one variable.
func (s *state) valueOf(i int) (any, error) {
	v := s.vars[i]
	flat := reflect.MakeSlice(reflect.SliceOf(v.DType().GoType()), v.Shape().Size(), v.Shape().Size())
	var err error
	switch {
	case s.lane != nil && s.lane.ahead:
		var own any
		if own, err = s.lane.valueOf(i); err == nil {
			reflect.Copy(flat, reflect.ValueOf(own))
		}
	case s.buffers != nil:
		err = read(s.buffers[i], flat.Interface())
	default:
		err = copyValue(flat, v)
	}
	if err != nil {
		return nil, fmt.Errorf("variable %s: %w", v.Path(), err)
	}
	return flat.Interface(), nil
}

func copyValue(flat reflect.Value, v *model.Variable) error {
	t, err := v.Value()
	if err != nil {
		return err
	}
	return t.ConstFlatData(func(from any) { reflect.Copy(flat, reflect.ValueOf(from)) })
}

// restore gives the variables the values of a snapshot: all of them, or none on an error.
func (s *state) restore(all []any) error {
	values := make([]*tensors.Tensor, len(s.vars))
	for i, v := range s.vars {
		values[i] = tensors.FromShape(v.Shape())
		err := values[i].MutableFlatData(func(to any) { reflect.Copy(reflect.ValueOf(to), reflect.ValueOf(all[i])) })
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	if err := s.set(values); err != nil {
		return err
	}
	s.release()
	return nil
}
