package fit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/optim"
)

// SetOptimizerMemory lets the model go on where an optimizer stopped: schedules and bias corrections count from its
// steps, and each weight's slots have its values. Weights stay as they are, see [Model.SetWeight].
//
// The optimizer's variables are made by the first Fit: before, the memory waits for it, and what doesn't fit is an error of
// that Fit. Errors, which leave everything as it is: slots that the optimizer hasn't, or has and the memory hasn't, another
// shape, a negative number of steps.
func (m *Model) SetOptimizerMemory(memory optim.Memory) error {
	m.settle()
	if memory.Steps < 0 {
		return fmt.Errorf("fit: an optimizer can't have made %d steps", memory.Steps)
	}
	m.memory = &memory
	if m.shape.targets == nil {
		return nil
	}
	if err := m.remember(); err != nil {
		m.memory = nil
		return fmt.Errorf("fit: %w", err)
	}
	return nil
}

// remember gives the optimizer's variables, which are there by now, what was set before.
func (m *Model) remember() error {
	if m.memory == nil {
		return nil
	}
	if err := m.download(); err != nil {
		return err
	}
	const own = "/" + optimizer.Scope
	found, weights := map[string]*model.Variable{}, map[string]bool{}
	for _, v := range m.state.vars {
		if name, ok := strings.CutPrefix(v.Path(), own+"/"); ok {
			found[name] = v
		} else {
			weights[v.Path()] = true
		}
	}
	counter := found["iteration"]
	if counter == nil {
		return fmt.Errorf("the optimizer %T keeps no count of its steps: only those of package optim can be given a memory", m.optimizer)
	}
	values := map[*model.Variable]*tensors.Tensor{counter: tensors.FromValue(int64(m.memory.Steps))}
	for _, s := range m.memory.Slots {
		name := strings.TrimPrefix(model.JoinPath(own, s.Slot, s.Weight), own+"/")
		v := found[name]
		if v == nil || !weights[s.Weight] {
			return fmt.Errorf("the optimizer keeps no %q for the weight %s: the memory is that of another optimizer or model", s.Slot, s.Weight)
		}
		if shape := v.Shape(); !slices.Equal(s.Shape, shape.Dimensions) || len(s.Values) != shape.Size() {
			return fmt.Errorf("%q of the weight %s has shape %v, given are %d values of shape %v", s.Slot, s.Weight, shape.Dimensions, len(s.Values), s.Shape)
		}
		values[v] = tensors.FromFlatDataAndDimensions(slices.Clone(s.Values), s.Shape...)
	}
	for name, v := range found {
		_, weight, _ := strings.Cut(name, "/")
		if weights["/"+weight] && values[v] == nil {
			return fmt.Errorf("the memory has nothing for %s of the optimizer: it is that of another optimizer or model", name)
		}
	}
	for v, value := range values {
		if err := v.SetValue(value); err != nil { // a variable that isn't valid, and they all were built
			return fmt.Errorf("variable %s: %w", v.Path(), err)
		}
	}
	m.steps, m.memory = m.memory.Steps, nil
	return nil
}
