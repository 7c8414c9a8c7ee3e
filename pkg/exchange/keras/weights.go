package keras

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Weight is the value of one weight of a model.
type Weight = training.Weight

// WeightSetter is a built model, such as a *fit.Model.
type WeightSetter interface {
	SetWeight(path string, values dataset.Array) error
}

// SetWeights gives a model that was compiled from d.Model and built the weights of the file. An error names
// the first weight that doesn't fit; those before it have been set.
func (d *Description) SetWeights(to WeightSetter) error {
	if d.Weights == nil {
		return errors.New("keras: the description has no weights: they come with ReadModel, not with a bare config.json")
	}
	for _, w := range d.Weights {
		if err := to.SetWeight(w.Path, w.Array); err != nil {
			return fmt.Errorf("keras: weight %s: %w", w.Path, err)
		}
	}
	return nil
}

// WeightPaths are the paths of the model's weights in the order of Keras' model.weights, that is, layer by layer.
func (d *Description) WeightPaths() []string {
	return weightPaths("", d.Layers)
}

func weightPaths(scope string, layers []Layer) []string {
	var paths []string
	for _, l := range layers {
		for _, name := range l.Weights {
			paths = append(paths, scope+"/"+l.Name+"/"+name)
		}
		paths = append(paths, weightPaths(scope+"/"+l.Name, l.inner)...)
	}
	return paths
}
