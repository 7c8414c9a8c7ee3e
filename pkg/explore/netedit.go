package explore

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// netEdit returns a copy of a layer with something replaced, and how many places that was. last says that
// the layer is the one that makes the model's output.
type netEdit func(l nn.Layer, last bool) (nn.Layer, int)

// withNet is the plan with every layer edited.
func (p Plan) withNet(edit netEdit) (Plan, error) {
	net, ok := p.Net.(nn.Sequential)
	if !ok {
		return p, fmt.Errorf("the net is a %T: its layers can only be changed in an nn.Sequential", p.Net)
	}
	edited, changed := editSequential(net, true, edit)
	if changed == 0 {
		return p, errors.New("the net has no layer that this setting would change")
	}
	p.Net = edited
	return p, nil
}

func editSequential(net nn.Sequential, last bool, edit netEdit) (nn.Sequential, int) {
	out, changed := make(nn.Sequential, len(net)), 0
	end := lastWithWeights(net)
	for i, l := range net {
		var n int
		out[i], n = editLayer(l, last && i >= end, edit)
		changed += n
	}
	return out, changed
}

func editLayer(l nn.Layer, last bool, edit netEdit) (nn.Layer, int) {
	switch l := l.(type) {
	case nn.Sequential:
		return editSequential(l, last, edit)
	case nn.Renamed:
		inner, n := editLayer(l.Layer, last, edit)
		return nn.Renamed{Name: l.Name, Layer: inner}, n
	default:
		return edit(l, last)
	}
}

// lastWithWeights is the index of the last layer that isn't a mere activation.
func lastWithWeights(net nn.Sequential) int {
	for i := len(net) - 1; i >= 0; i-- {
		if _, ok := net[i].(nn.Activation); !ok {
			return i
		}
	}
	return 0
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
