package loop

import (
	"path/filepath"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// recordedModel is the model of a recording, in layers of ours.
type recordedModel struct {
	layer   nn.Layer
	inputs  int
	ranks   []int // of the outputs, as the framework has them
	weights []training.Weight
	draws   []torch.Draw // of the program's operations
	// places are the paths of the weights here that hold a parameter, or a part of it, by its index.
	places func(parameter int) []string
	// converted are numbers of parameters as the weights here have them; nil: those of the file.
	converted func(numbers func(parameter int) []float32) ([]training.Weight, error)
}

// model reads the recorded model; the error says why it can't be computed here.
func (r *Recording) model() (*recordedModel, error) {
	if r.Framework == kerasFramework {
		return r.kerasModel()
	}
	path := filepath.Join(r.Folder, "model.pt2")
	m, err := torch.ReadModel(path)
	if err != nil {
		return nil, err
	}
	return &recordedModel{
		layer: m.Layer, inputs: len(m.Inputs), ranks: m.Ranks, weights: m.Weights, draws: m.Draws,
		places: func(i int) []string { return m.Places[r.Parameters[i].Name] },
		converted: func(numbers func(i int) []float32) ([]training.Weight, error) {
			given := map[string]dataset.Array{}
			for i, p := range r.Parameters {
				if values := numbers(i); values != nil {
					given[p.Name] = dataset.Array{Values: values}
				}
			}
			with, err := torch.ReadModelWith(path, given)
			if err != nil {
				return nil, err
			}
			return with.Weights, nil
		},
	}, nil
}

// language is the one that the recorded loop is written in.
func (r *Recording) language() training.Language {
	if r.Framework == kerasFramework {
		return training.Keras
	}
	return training.PyTorch
}
