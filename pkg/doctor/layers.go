package doctor

import "example.com/unstuck/pkg/nn"

// mapLayers returns a copy of the model with each layer replaced by what f makes of it; nil drops it. What wraps layers
// stays, in models inside of the model too.
func mapLayers(model nn.Layer, f func(nn.Layer) nn.Layer) nn.Layer {
	return rewrite(model, func(p nn.Place) nn.Change { return nn.Change{Layer: f(p.Layer)} })
}

// mapHiddenLayers is mapLayers on the hidden layers; the others stay.
func mapHiddenLayers(model nn.Layer, f func(nn.Layer) nn.Layer) nn.Layer {
	hidden := hiddenLayers(model)
	return rewrite(model, func(p nn.Place) nn.Change {
		if !hidden(p) {
			return nn.Change{Layer: p.Layer}
		}
		return nn.Change{Layer: f(p.Layer)}
	})
}

// rewrite is nn.Rewrite on a model that Training.Validate has passed: one of which nothing would be left stays.
func rewrite(model nn.Layer, f func(nn.Place) nn.Change) nn.Layer {
	changed, err := nn.Rewrite(model, f)
	if err != nil {
		return model
	}
	return changed
}

// hiddenLayers tells which layers are hidden: those in front of a layer that makes an output, which aren't such a layer
// themselves nor behind one; all of them where no layer makes the output.
func hiddenLayers(model nn.Layer) func(nn.Place) bool {
	heads, err := nn.Heads(model)
	if err != nil {
		return func(nn.Place) bool { return true }
	}
	last, visible := 0, map[int]bool{}
	for _, h := range heads {
		last = max(last, h.At)
		visible[h.At] = true
		for _, p := range h.Behind {
			visible[p.At] = true
		}
	}
	return func(p nn.Place) bool { return p.At < last && !visible[p.At] }
}

// mapInitializers replaces every initializer that is set.
func mapInitializers(model nn.Layer, f func(nn.Role, nn.Initializer) nn.Initializer) nn.Layer {
	return mapLayers(model, func(l nn.Layer) nn.Layer { return nn.MapInitializers(l, f) })
}

// isFullyConnected reports whether a layer is of units that each see all features of a row, or of a place in it: one with
// a kernel, units and an activation, that carries no state.
func isFullyConnected(l nn.Layer) bool {
	_, recurrent := l.(nn.Recurrent)
	_, units := nn.Units(l)
	return units && !recurrent && nn.HasKernel(l) && nn.HasSetting(l, "Activation")
}

// isConvolution reports whether a layer is of filters that each see all features of a place and those around it.
func isConvolution(l nn.Layer) bool {
	_, recurrent := l.(nn.Recurrent)
	_, filters := nn.Filters(l)
	return filters && !recurrent && nn.HasKernel(l) && nn.HasSetting(l, "Activation")
}

func isActivation(l nn.Layer) bool {
	_, is := l.(nn.Activation)
	return is
}
