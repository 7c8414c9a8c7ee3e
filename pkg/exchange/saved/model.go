package saved

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Model is a model with its weights: of the training its Model, InputShape and Weights.
type Model struct {
	training.Training
	Ranks []int // how many axes, the batch included, each output has in PyTorch, whose rows may be single numbers; nil: as here
}

// ReadModel reads a model with its weights, a .keras, a legacy .h5 or a .pt2 file, to predict with: its Model, InputShape and Weights. Whether and
// how it was compiled doesn't matter.
//
// A file without weights is an error, and so is a model that isn't read whole, with every place that isn't supported.
func ReadModel(path string) (Model, error) {
	var t Model
	switch filepath.Ext(path) {
	case ".keras", ".h5", ".hdf5":
	case ".pt2":
		m, err := torch.ReadModel(path)
		if err != nil {
			return t, err
		}
		t.Ranks = m.Ranks
		t.Model, t.Weights, t.From, t.InputShape = m.Layer, m.Weights, filepath.Base(path), m.Inputs[0].Shape
		return t, nil
	case ".json":
		return t, fmt.Errorf("%s has no weights, only the description of a model: save it with model.save(\"model.keras\")", path)
	default:
		return t, fmt.Errorf("%s: a model with its weights is a .keras or an .h5 file: save it with model.save(\"model.keras\")", path)
	}
	d, err := keras.ReadModel(path)
	var partial *training.Partial
	switch {
	case err == nil:
		t.Training = d.Training
	case !errors.As(err, &partial):
		return t, err
	case partial.Training.Weights == nil || slices.ContainsFunc(partial.Problems, func(p training.Problem) bool { return !keras.OfCompiling(p) }):
		return t, err
	default:
		t.Training = partial.Training
	}
	t.From = filepath.Base(path)
	t.Encodings = inFile(t.Encodings, path)
	return t, nil
}

// ArrayNames are the names of the arrays that a training's data has: "x" and "y" where the model takes and gives one, else those
// of its inputs and outputs; of inputs that are encoded ([training.Encoding]) those of the file's model.
func ArrayNames(t training.Training) (inputs, outputs []string) {
	inputs, outputs = t.EncodedArrays(), nn.OutputNames(t.Model)
	if len(inputs) == 1 {
		inputs = []string{"x"}
	}
	if len(outputs) == 1 {
		outputs = []string{"y"}
	}
	return inputs, outputs
}
