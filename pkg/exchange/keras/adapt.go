package keras

import (
	"slices"

	"example.com/unstuck/pkg/nn"
)

// adapt makes settings of weights that Keras' adapt found from data: a training begins with them, whatever else it draws
// anew.
func (d *Description) adapt() error {
	taken := map[string]bool{}
	model, err := nn.Edit(d.Model, func(p nn.Place) nn.Layer {
		layer, ok := p.Layer.(nn.Adapting)
		if !ok {
			return p.Layer
		}
		values := map[string][]float32{}
		for _, name := range nn.WeightNames(p.Layer) {
			path := "/" + p.Path + "/" + name
			if i := slices.IndexFunc(d.Weights, func(w Weight) bool { return w.Path == path }); i >= 0 {
				values[name], taken[path] = d.Weights[i].Array.Values, true
			}
		}
		if len(values) == 0 {
			return p.Layer
		}
		return layer.Adapted(values)
	})
	if err != nil || len(taken) == 0 {
		return err
	}
	d.Model = model
	d.Weights = slices.DeleteFunc(d.Weights, func(w Weight) bool { return taken[w.Path] })
	forget("", d.Layers, taken)
	return nil
}

// forget takes weights off the lists of the layers.
func forget(scope string, layers []Layer, taken map[string]bool) {
	for i := range layers {
		l := &layers[i]
		l.Weights = slices.DeleteFunc(l.Weights, func(name string) bool { return taken[scope+"/"+l.Name+"/"+name] })
		forget(scope+"/"+l.Name, l.inner, taken)
	}
}
