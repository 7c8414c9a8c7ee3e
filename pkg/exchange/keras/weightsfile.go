package keras

import (
	"errors"
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras/internal/h5"
	"example.com/unstuck/pkg/nn"
)

// readWeights takes the layers' weights out of a model.weights.h5. Keras files them not under a layer's name
// but under its class, numbered: layers/dense_1/vars/0, and layers/lstm/cell/vars/0 for recurrent layers.
func (d *Description) readWeights(f *h5.File) error {
	d.Weights = []Weight{}
	room := MaxWeights / 4
	return d.readLayers(f, "layers/", "", d.Layers, &room)
}

// readLayers reads the weights of the layers of one model, or inside of one layer: folder is where the file has them, scope
// where the store has.
func (d *Description) readLayers(f *h5.File, folder, scope string, layers []Layer, room *int) error {
	used := map[string]int{}
	for _, l := range layers {
		group := folder + l.within
		if l.within == "" {
			name := codec.ClassName(classesInFiles(l.Class))
			group = folder + name
			if n := used[name]; n > 0 {
				group = fmt.Sprintf("%s_%d", group, n)
			}
			used[name]++
		}
		if err := d.readLayer(f, group, scope, l, room); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return nil
}

// classesInFiles is the class by which a file numbers its groups, where Keras' module has it under another name.
func classesInFiles(class string) string {
	if class == "GroupQueryAttention" {
		return "GroupedQueryAttention"
	}
	return class
}

// readLayer reads the weights of a layer and of those inside of it from its group.
func (d *Description) readLayer(f *h5.File, group, scope string, l Layer, room *int) error {
	if l.inner != nil {
		list := l.list
		if list == "" {
			list = "layers"
		}
		if l.inner[0].within != "" {
			list = ""
		} else {
			list += "/"
		}
		return d.readLayers(f, group+"/"+list, scope+"/"+l.Name, l.inner, room)
	}
	if l.stored != nil {
		weights, err := l.readPlaces(f, group, scope, room)
		d.Weights = append(d.Weights, weights...)
		return err
	}
	if l.cell {
		group += "/cell"
	}
	for len(l.Weights) > 0 {
		part := l
		folder := folderOf(l.Weights[0])
		n := 0
		for n < len(l.Weights) && folderOf(l.Weights[n]) == folder {
			n++
		}
		part.Weights, l.Weights = l.Weights[:n], l.Weights[n:]
		at, err := partGroup(f, group, folder)
		if err != nil {
			return err
		}
		weights, err := part.read(f, at+"/vars", scope, room)
		if err != nil {
			return err
		}
		d.Weights = append(d.Weights, weights...)
	}
	return nil
}

// folderOf is the part of the layer that a weight lies in, "query" of "query/kernel".
func folderOf(weight string) string {
	folder, _, deeper := strings.Cut(weight, "/")
	if !deeper {
		return ""
	}
	return folder
}

// partGroup is where a file has the weights of an attention's part: under the name of Keras' attribute, which may begin
// with an underscore.
func partGroup(f *h5.File, group, part string) (string, error) {
	if part == "" {
		return group, nil
	}
	name := strings.TrimPrefix(part, "attention_") + "_dense"
	for _, candidate := range []string{name, "_" + name} {
		_, err := f.Members(group + "/" + candidate)
		if err == nil {
			return group + "/" + candidate, nil
		}
		if !errors.Is(err, h5.ErrNotFound) {
			return "", err
		}
	}
	return group + "/" + name, nil // reading it will tell
}

// readPlaces reads the weights of a layer that says where they are.
func (l Layer) readPlaces(f *h5.File, group, scope string, room *int) ([]Weight, error) {
	var weights []Weight
	next := 0 // among those that lie by their places
	for i, name := range l.Weights {
		place := l.stored[i]
		if place == nn.NotStored {
			continue
		}
		if place == "" {
			place = fmt.Sprintf("vars/%d", next)
			next++
		}
		shape, values, err := f.Float32s(group + "/" + place)
		if err != nil {
			return nil, err
		}
		if *room -= len(values); *room < 0 {
			return nil, fmt.Errorf("the weights have more than %d values in all", MaxWeights/4)
		}
		weights = append(weights, Weight{Path: scope + "/" + l.Name + "/" + name, Array: dataset.Array{Shape: shape, Values: values}})
	}
	return weights, nil
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
