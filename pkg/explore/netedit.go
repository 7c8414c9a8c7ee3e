package explore

import (
	"errors"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// netEdit returns a copy of a layer with something replaced, and how many places that was. last says that
// the layer makes the model's output, or works on it: see [nn.Heads].
type netEdit func(l nn.Layer, last bool) (nn.Layer, int)

// withModel is the training with every layer edited, those that stand in others too.
func withModel(t training.Training, edit netEdit) (training.Training, error) {
	end, changed := len(nn.Leaves(t.Model)), 0
	if heads, err := nn.Heads(t.Model); err == nil {
		end = heads[0].At
	}
	edited, err := nn.Edit(t.Model, func(place nn.Place) nn.Layer {
		l, n := edit(place.Layer, place.At >= end)
		changed += n
		return l
	})
	if err != nil {
		return t, err
	}
	if changed == 0 {
		return t, errors.New("the model has no layer that this setting would change")
	}
	t.Model = edited
	return t, nil
}

// replaceActivations leaves recurrent layers as they are: their activation is made for their state.
func replaceActivations(a nn.Activation) netEdit {
	return func(l nn.Layer, last bool) (nn.Layer, int) {
		if last {
			return l, 0
		}
		if _, itself := l.(nn.Activation); itself {
			return a, 1
		}
		_, recurrent := l.(nn.Recurrent)
		if now := nn.ActivationOf(l); recurrent || nn.IsLinear(now) {
			return l, 0
		}
		return nn.WithActivation(l, a), 1
	}
}

func replaceInitializers(i nn.Initializer) netEdit {
	return func(l nn.Layer, _ bool) (nn.Layer, int) {
		if !nn.HasSetting(l, "KernelInitializer") {
			return l, 0
		}
		return nn.WithKernelInitializer(l, i), 1
	}
}
