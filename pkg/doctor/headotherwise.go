package doctor

import (
	"fmt"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/nn"
)

// otherHead is what can be told of an output that no fully connected layer or convolution makes by itself: a recurrent layer, attention, a
// mean over places, a normalization. prediction is the shape of a row, nil where it isn't known. False where nobody knows what the
// values went through last.
func otherHead(model nn.Layer, output int, prediction []int) (head, bool) {
	heads, err := nn.Heads(model)
	if err != nil {
		return head{}, false
	}
	chain := append([]nn.Place{heads[output].Place}, heads[output].Behind...)
	h := head{at: heads[output].At, other: true}
	at := len(chain) - 1
	for ; at >= 0; at-- {
		l := chain[at].Layer
		if _, drops := l.(nn.Dropping); drops || nn.KeepsRange(l) {
			continue
		}
		if a, is := l.(nn.Activation); is {
			if h.activation == nil && !nn.IsLinear(a) {
				h.activation = a
			}
			continue
		}
		break
	}
	if at < 0 {
		return head{}, false
	}
	maker := chain[at].Layer
	_, known := codec.ClassOf(maker)
	switch a := nn.ActivationOf(maker); {
	case h.activation != nil:
		if known && a != nil && !nn.IsLinear(a) && (isFullyConnected(maker) || isConvolution(maker)) {
			h.ahead = a
		}
	case !known:
		return head{}, false
	case isFullyConnected(maker) || isConvolution(maker):
		if !nn.IsLinear(a) {
			h.activation = a
		}
	default:
		h.maker = maker
	}
	if len(prediction) > 0 {
		h.units = prediction[len(prediction)-1]
	} else if units, has := nn.Units(maker); has && known {
		h.units = units
	}
	return h, h.units > 0
}

// narrowState is how few units of a recurrent layer that makes the output are as many as the output has, and too few for a state.
const narrowState = 16

// withDense puts a Dense layer behind what makes an output, in place of the activations there. A recurrent layer that had a unit for each
// output gets a state of its own size.
func withDense(model nn.Layer, output int, h nn.Head, units int, activation nn.Activation) (nn.Layer, error) {
	drop := map[int]bool{}
	for _, p := range h.Behind {
		if isActivation(p.Layer) {
			drop[p.At] = true
		}
	}
	_, recurrent := h.Layer.(nn.Recurrent)
	model = rewrite(model, func(p nn.Place) nn.Change {
		switch {
		case drop[p.At] && isActivation(p.Layer):
			return nn.Change{}
		case p.At == h.At && recurrent:
			if n, has := nn.Units(p.Layer); has && n < narrowState {
				return nn.Change{Layer: nn.WithUnits(p.Layer, 2*narrowState)}
			}
		}
		return nn.Change{Layer: p.Layer}
	})
	return nn.Behind(model, output, nn.Dense{Units: units, Activation: activation})
}

// change is an imperative: what becomes of the last layer.
func (h head) change(units int, activation nn.Activation) string {
	text := fmt.Sprintf("%d %s with %s activation", units, plural(units, "unit"), activationName(activation))
	if !h.other {
		return "give the last layer " + text
	}
	return "put a Dense layer of " + text + " behind what makes the output"
}
