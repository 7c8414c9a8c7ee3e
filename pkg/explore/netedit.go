package explore

import (
	"errors"

	"example.com/unstuck/pkg/nn"
)

// netEdit returns a copy of a layer with something replaced, and how many places that was. last says that
// the layer makes the model's output, or works on it: see [nn.Heads].
type netEdit func(l nn.Layer, last bool) (nn.Layer, int)

// withNet is the plan with every layer edited, those that stand in others too.
func (p Plan) withNet(edit netEdit) (Plan, error) {
	end, changed := len(nn.Leaves(p.Net)), 0
	if heads, err := nn.Heads(p.Net); err == nil {
		end = heads[0].At
	}
	edited, err := nn.Edit(p.Net, func(place nn.Place) nn.Layer {
		l, n := edit(place.Layer, place.At >= end)
		changed += n
		return l
	})
	if err != nil {
		return p, err
	}
	if changed == 0 {
		return p, errors.New("the net has no layer that this setting would change")
	}
	p.Net = edited
	return p, nil
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
