package keras

import (
	"errors"
	"fmt"
	"slices"

	"example.com/unstuck/pkg/exchange/keras/internal/h5"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// MemorySetter is a model with an optimizer, such as a *fit.Model.
type MemorySetter interface {
	SetOptimizerMemory(optim.Memory) error
}

// SetMemory lets the optimizer of a model that was compiled from d go on where the file's stopped: after SetWeights the
// training continues as it would in Keras. An error where the file has no memory says why.
func (d *Description) SetMemory(to MemorySetter) error {
	if d.Memory == nil {
		why := d.NoMemory
		if why == "" {
			why = "it comes with ReadModel, not with a bare config.json"
		}
		return fmt.Errorf("keras: the description has no memory of the optimizer: %s", why)
	}
	if err := to.SetOptimizerMemory(*d.Memory); err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	return nil
}

// readMemory takes the optimizer's state out of a model.weights.h5, or notes why it can't. Weights must have been read.
//
// Keras numbers its variables: the steps; the learning rate, unless a schedule gives it or Keras 2 wrote the file; then the
// slots.
func (d *Description) readMemory(f *h5.File) {
	memory, err := d.memory(f, func() ([]string, error) {
		members, err := f.Members(optimizerVars)
		var variables []string
		for i := range members {
			if i == 1 && d.Optimizer.Schedule == nil && !d.keras2 {
				continue
			}
			variables = append(variables, fmt.Sprintf("%s/%d", optimizerVars, i))
		}
		return variables, err
	})
	if err != nil {
		d.NoMemory = err.Error()
		return
	}
	d.Memory = memory
}

const optimizerVars = "optimizer/vars"

// memory reads the optimizer's variables: the steps, then the slots of each weight.
func (d *Description) memory(f *h5.File, list func() ([]string, error)) (*optim.Memory, error) {
	if !d.Compiled {
		return nil, errors.New("the model wasn't compiled when it was saved")
	}
	groups, err := d.Optimizer.Slots()
	if err != nil {
		return nil, fmt.Errorf("%w can't be taken over: train on with a fresh optimizer", err)
	}
	variables, err := list()
	if err != nil && !errors.Is(err, h5.ErrNotFound) {
		return nil, err
	}
	if len(variables) == 0 {
		return nil, errors.New("the file has none: the model was saved before its first fit, or without its optimizer")
	}
	steps, err := f.Int(variables[0])
	if err != nil {
		return nil, err
	}
	if steps < 0 || steps > maxSteps {
		return nil, fmt.Errorf("the optimizer can't have made %d steps", steps)
	}
	trained := trainedPaths("", d.Layers, nn.IsFrozen(d.Model))
	count := 1
	for _, group := range groups {
		count += len(group) * len(trained)
	}
	if len(variables) != count {
		return nil, fmt.Errorf("the file has %d variables of the optimizer where %T has %d for %d weights: save the model after it was trained", len(variables), d.Optimizer.Rule, count, len(trained))
	}
	at := 1
	memory := &optim.Memory{Steps: int(steps)}
	for _, group := range groups {
		for _, path := range trained {
			for _, slot := range group {
				one, err := d.slot(f, variables[at], slot, path)
				if err != nil {
					return nil, err
				}
				memory.Slots = append(memory.Slots, one)
				at++
			}
		}
	}
	return memory, nil
}

// slot reads one slot of a weight, whose shape it must have.
func (d *Description) slot(f *h5.File, at, name, path string) (optim.Remembered, error) {
	weight := slices.IndexFunc(d.Weights, func(w Weight) bool { return w.Path == path })
	shape, values, err := f.Float32s(at)
	if err != nil {
		return optim.Remembered{}, err
	}
	if weight < 0 || !slices.Equal(shape, d.Weights[weight].Array.Shape) {
		return optim.Remembered{}, fmt.Errorf("%s of the file has shape %v and not that of the weight %s", at, shape, path)
	}
	return optim.Remembered{Slot: name, Weight: path, Shape: shape, Values: values}, nil
}

// trainedPaths are those of [Description.WeightPaths] that an optimizer moves.
func trainedPaths(scope string, layers []Layer, frozen bool) []string {
	var paths []string
	for _, l := range layers {
		frozen := frozen || nn.IsFrozen(l.value)
		if trained := nn.TrainedWeightNames(l.value); !frozen {
			for _, name := range l.Weights {
				if slices.Contains(trained, name) {
					paths = append(paths, scope+"/"+l.Name+"/"+name)
				}
			}
		}
		paths = append(paths, trainedPaths(scope+"/"+l.Name, l.inner, frozen)...)
	}
	return paths
}
