package keras

import (
	"errors"
	"fmt"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/keras/internal/h5"
)

// readWeights takes the layers' weights out of a model.weights.h5. Keras files them not under a layer's name
// but under its class, numbered: layers/dense_1/vars/0, and layers/lstm/cell/vars/0 for recurrent layers.
func (d *Description) readWeights(f *h5.File) error {
	d.Weights = []Weight{}
	room := MaxWeights / 4
	return d.readLayers(f, "", "", d.Layers, &room)
}

// readLayers reads the weights of the layers of one model: folder is where the file has it, scope where the store has.
func (d *Description) readLayers(f *h5.File, folder, scope string, layers []Layer, room *int) error {
	used := map[string]int{}
	for _, l := range layers {
		group := codec.ClassName(l.Class)
		n := used[group]
		if used[group]++; n > 0 {
			group = fmt.Sprintf("%s_%d", group, n)
		}
		group = folder + "layers/" + group
		if l.inner != nil {
			if err := d.readLayers(f, group+"/", scope+"/"+l.Name, l.inner, room); err != nil {
				return fmt.Errorf("model %q: %w", l.Name, err)
			}
			continue
		}
		if len(l.Weights) == 0 {
			continue
		}
		if l.cell {
			group += "/cell"
		}
		weights, err := l.read(f, group+"/vars", scope, room)
		if err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
		d.Weights = append(d.Weights, weights...)
	}
	return nil
}

// read reads a layer's weights from a group; room is how many values may still come.
func (l Layer) read(f *h5.File, group, scope string, room *int) ([]Weight, error) {
	members, err := f.Members(group)
	if errors.Is(err, h5.ErrNotFound) {
		return nil, fmt.Errorf("%w; save the model with Keras 3 once it is built", err)
	}
	if err != nil {
		return nil, err
	}
	if len(members) != len(l.Weights) {
		return nil, fmt.Errorf("the file has %d weights in %s where the layer has %d; save the model once it is built", len(members), group, len(l.Weights))
	}
	weights := make([]Weight, len(l.Weights))
	for i, name := range l.Weights {
		shape, values, err := f.Float32s(fmt.Sprintf("%s/%d", group, i))
		if err != nil {
			return nil, err
		}
		if *room -= len(values); *room < 0 {
			return nil, fmt.Errorf("the weights have more than %d values in all", MaxWeights/4)
		}
		weights[i] = Weight{Path: scope + "/" + l.Name + "/" + name, Array: dataset.Array{Shape: shape, Values: values}}
	}
	return weights, nil
}
