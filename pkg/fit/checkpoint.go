package fit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"example.com/unstuck/pkg/fit/checkpoint"
	"example.com/unstuck/pkg/nn"
)

// Save writes the model's state to a file: its weights, the optimizer's memory, and how far it was trained.
// It is an error before the model is built (see [Model.Build]). The network itself is not in the file.
//
// The file is written beside path first and then renamed, so that a crash or a kill at any moment leaves
// the old file or the new one, whole. The folder must exist.
func (m *Model) Save(path string) error {
	c, err := m.checkpoint()
	if err == nil {
		err = c.Save(path)
	}
	if err != nil {
		return fmt.Errorf("fit: saving the model: %w", err)
	}
	return nil
}

// Restore reads what [Model.Save], or a training's [Checkpointing], has written, into a model of the same
// network and optimizer, built or not. Training then goes on as if it had never been interrupted, given
// the same seed. The keys of Dropout layers come from the file too; one that was written before they were variables
// leaves them as they are.
//
// Errors, which leave weights as they are: a file that is damaged, cut off or none of ours, and variables
// that differ from the model's, which are named. Reading allocates no more than a small multiple of the file's
// size; a model that isn't built yet is built for the rows that the file names, of at most 2²² values and 32 axes.
func (m *Model) Restore(path string) error {
	m.settle()
	c, err := checkpoint.Open(path)
	if err == nil {
		err = m.apply(c)
	}
	if err != nil {
		return fmt.Errorf("fit: restoring %s: %w", path, err)
	}
	return nil
}

// checkpoint copies the model's state.
func (m *Model) checkpoint() (*checkpoint.File, error) {
	m.settle()
	if m.shape.inputs == nil {
		return nil, errors.New("the model has no weights yet: they are drawn by Fit, or by Build(features…)")
	}
	values, err := m.state.snapshot()
	if err != nil {
		return nil, err
	}
	c := &checkpoint.File{Header: checkpoint.Header{
		Input: first(m.shape.inputs), MoreInputs: others(m.shape.inputs), Target: first(m.shape.targets), MoreTargets: others(m.shape.targets), Seed: m.options.Seed, Epochs: m.epochs, Steps: m.steps,
	}}
	for i, v := range m.state.vars {
		if err := c.Add(v.Path(), v.DType().String(), v.Shape().Dimensions, values[i]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// apply gives the model the state of a checkpoint.
func (m *Model) apply(c *checkpoint.File) error {
	if err := m.buildFor(c); err != nil {
		return err
	}
	values, err := m.valuesOf(c)
	if err != nil {
		return err
	}
	if err := m.state.restore(values); err != nil {
		return err
	}
	m.epochs, m.steps, m.memory = c.Epochs, c.Steps, nil
	return nil
}

// maxRow bounds the values of one row that a file may claim: weights are drawn for them.
const maxRow = 1 << 22

// buildFor creates the model's variables where that has not happened yet.
func (m *Model) buildFor(c *checkpoint.File) error {
	if c.Epochs < 0 || c.Steps < 0 {
		return fmt.Errorf("%d epochs and %d steps: the file is damaged", c.Epochs, c.Steps)
	}
	for _, shape := range slices.Concat([][]int{c.Input, c.Target}, c.MoreInputs, c.MoreTargets) {
		size := 1
		for _, n := range shape {
			if n <= 0 || size > maxRow/n {
				return fmt.Errorf("rows of shape %v are no model's: the file is damaged", shape)
			}
			size *= n
		}
	}
	inputs := append([][]int{c.Input}, c.MoreInputs...)
	if c.Target == nil {
		if m.shape.targets != nil {
			return errors.New("the file holds a model that was never trained, this one was: restore it into a new one")
		}
		return m.build(inputs)
	}
	return m.buildTraining(inputs, append([][]int{c.Target}, c.MoreTargets...))
}

// first is that of shapes, nil where there is none, and others are those behind it.
func first(shapes [][]int) []int {
	if shapes == nil {
		return nil
	}
	return shapes[0]
}

func others(shapes [][]int) [][]int {
	if len(shapes) < 2 {
		return nil
	}
	return shapes[1:]
}

// valuesOf returns a checkpoint's values in the order of the state's variables, and refuses those that
// differ from the variables in number, shape or type. A Dropout's key, which older files lack, stays as the
// model has it: drawn from the same seed, it is what the file's model used.
func (m *Model) valuesOf(c *checkpoint.File) ([]any, error) {
	found := map[string]int{}
	for i, a := range c.Arrays {
		if strings.HasPrefix(a.Name, "/") {
			found[a.Name] = i
		}
	}
	values := make([]any, len(m.state.vars))
	var err error
	for i, v := range m.state.vars {
		at, ok := found[v.Path()]
		if !ok && nn.IsKey(v) {
			if values[i], err = m.state.valueOf(i); err != nil {
				return nil, err
			}
			continue
		}
		if !ok {
			return nil, fmt.Errorf("it has no values for the variable %s: it belongs to another model or optimizer", v.Path())
		}
		delete(found, v.Path())
		a, shape := c.Arrays[at], v.Shape()
		if a.DType != shape.DType.String() || !slices.Equal(a.Shape, shape.Dimensions) {
			return nil, fmt.Errorf("variable %s is %s %v in the file and %s %v in the model", v.Path(), a.DType, a.Shape, shape.DType, shape.Dimensions)
		}
		flat := reflect.MakeSlice(reflect.SliceOf(shape.DType.GoType()), shape.Size(), shape.Size()).Interface()
		if n, err := binary.Decode(c.Values(at), binary.LittleEndian, flat); err != nil || int64(n) != a.Bytes {
			return nil, fmt.Errorf("variable %s has %d bytes in the file, not those of %s", v.Path(), a.Bytes, shape)
		}
		values[i] = flat
	}
	for name := range found {
		return nil, fmt.Errorf("the model has no variable %s: the file belongs to another model or optimizer", name)
	}
	return values, nil
}
