package run

import (
	"slices"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// begin gives a built model the weights and the memory that a training starts from.
func begin(m *fit.Model, t training.Training) error {
	if !t.Started() {
		return nil
	}
	weights, memory := t.Start.Weights, t.Memory
	if t.Adapted {
		all, err := m.Weights()
		if err != nil {
			return err
		}
		weights = fitting(weights, all)
		if memory != nil && !remembers(t.Optimizer, memory, all) {
			memory = nil
		}
	}
	if err := setWeights(m, weights); err != nil {
		return err
	}
	if memory == nil {
		return nil
	}
	return m.SetOptimizerMemory(*memory)
}

// setWeights gives a built model the weights to start from.
func setWeights(m *fit.Model, weights []training.Weight) error {
	for _, w := range weights {
		if err := m.SetWeight(w.Path, w.Array); err != nil {
			return err
		}
	}
	return nil
}

// fitting are the weights that the model has, by path and shape.
func fitting(weights []training.Weight, all []fit.Weight) []training.Weight {
	shapes := map[string][]int{}
	for _, w := range all {
		shapes[w.Path] = w.Shape
	}
	return slices.DeleteFunc(slices.Clone(weights), func(w training.Weight) bool {
		shape, known := shapes[w.Path]
		return !known || !slices.Equal(shape, w.Array.Shape)
	})
}

// remembers tells whether a memory is that of an optimizer of these weights: each slot of each weight that is trained, and no
// other.
func remembers(o optim.Optimizer, memory *optim.Memory, all []fit.Weight) bool {
	groups, err := o.Slots()
	if err != nil {
		return false
	}
	wanted := map[[2]string][]int{}
	for _, w := range all {
		for _, slot := range slices.Concat(groups...) {
			if w.Trainable {
				wanted[[2]string{slot, w.Path}] = w.Shape
			}
		}
	}
	for _, s := range memory.Slots {
		shape, known := wanted[[2]string{s.Slot, s.Weight}]
		if !known || !slices.Equal(shape, s.Shape) {
			return false
		}
	}
	return len(memory.Slots) == len(wanted)
}
