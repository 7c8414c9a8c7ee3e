package explore

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// netEdit returns a copy of a layer with something replaced, and how many places that was. last says that
// the layer makes the model's output, or works on it: see [nn.OutputAt].
type netEdit func(l nn.Layer, last bool) (nn.Layer, int)

// withNet is the plan with every layer edited, those that stand in others too.
func (p Plan) withNet(edit netEdit) (Plan, error) {
	net, ok := p.Net.(nn.Sequential)
	if !ok {
		return p, fmt.Errorf("the net is a %T: its layers can only be changed in an nn.Sequential", p.Net)
	}
	output, changed := nn.OutputAt(net), 0
	edited := nn.MapLeaves(net, func(leaf nn.Leaf) nn.Edit {
		l, n := edit(leaf.Layer, leaf.At >= output)
		changed += n
		return nn.Edit{Layer: l}
	})
	if changed == 0 {
		return p, errors.New("the net has no layer that this setting would change")
	}
	p.Net = edited
	return p, nil
}

func replaceActivations(a nn.Activation) netEdit {
	return func(l nn.Layer, last bool) (nn.Layer, int) {
		if last {
			return l, 0
		}
		switch old := l.(type) {
		case nn.Dense:
			if old.Activation == nil {
				return l, 0
			}
			old.Activation = a
			return old, 1
		case nn.Activation:
			if layer, ok := a.(nn.Layer); ok {
				return layer, 1
			}
		}
		return l, 0
	}
}

func replaceInitializers(i nn.Initializer) netEdit {
	return func(l nn.Layer, _ bool) (nn.Layer, int) {
		switch l := l.(type) {
		case nn.Dense:
			l.KernelInitializer = i
			return l, 1
		case nn.SimpleRNN:
			l.KernelInitializer = i
			return l, 1
		case nn.LSTM:
			l.KernelInitializer = i
			return l, 1
		case nn.GRU:
			l.KernelInitializer = i
			return l, 1
		}
		return l, 0
	}
}
