package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// head is the end of a model: its last layer with weights, and the activation of its outputs.
type head struct {
	at         int // place among the model's leaves of the layer with weights
	units      int
	activation nn.Activation // nil: linear
}

// headOf finds the head; false for models that don't end in a Dense, with or without an activation behind it.
func headOf(net nn.Sequential) (head, bool) {
	var behind nn.Activation
	leaves := nn.Leaves(net)
	for i := len(leaves) - 1; i >= 0; i-- {
		switch l := leaves[i].Layer.(type) {
		case nn.Dense:
			h := head{at: i, units: l.Units, activation: behind}
			if behind == nil {
				h.activation = l.Activation
			}
			if _, linear := h.activation.(nn.Linear); linear {
				h.activation = nil
			}
			return h, true
		case nn.Activation:
			if _, linear := l.(nn.Linear); !linear && behind == nil {
				behind = l
			}
		case nn.Dropout:
		default:
			return head{}, false
		}
	}
	return head{}, false
}

// withHead returns net with another number of outputs and another activation behind them. A dropout behind the head
// stays: it is another question.
func withHead(net nn.Sequential, units int, activation nn.Activation) (nn.Sequential, error) {
	h, ok := headOf(net)
	if !ok {
		return nil, fmt.Errorf("the model doesn't end in a Dense layer")
	}
	return nn.MapLeaves(net, func(l nn.Leaf) nn.Edit {
		switch layer := l.Layer.(type) {
		case nn.Dense:
			if l.At == h.at {
				layer.Units, layer.Activation = units, activation
				return nn.Edit{Layer: layer}
			}
		case nn.Activation:
			if l.At > h.at {
				return nn.Edit{}
			}
		}
		return nn.Edit{Layer: l.Layer}
	}), nil
}

// bounds is the range of an activation's values.
func bounds(a nn.Activation) (low, high float64) {
	inf := math.Inf(1)
	switch a := a.(type) {
	case nn.Sigmoid, nn.HardSigmoid, nn.Softmax:
		return 0, 1
	case nn.Tanh, nn.Softsign:
		return -1, 1
	case nn.ReLU:
		if a.NegativeSlope > 0 {
			return -inf, inf
		}
		if a.MaxValue > 0 {
			return 0, a.MaxValue
		}
		return 0, inf
	case nn.Softplus, nn.Exponential:
		return 0, inf
	case nn.ELU:
		if a.Alpha == 0 {
			return -1, inf
		}
		return -a.Alpha, inf
	case nn.SELU:
		return -1.7581, inf
	case nn.Swish:
		return -0.2785, inf
	case nn.GELU:
		return -0.17, inf
	case nn.Mish:
		return -0.3088, inf
	}
	return -inf, inf
}

func activationName(a nn.Activation) string {
	if name := nn.ActivationName(a); name != "" {
		return name
	}
	return fmt.Sprintf("%T", a)
}

// fromLogits tells whether a loss takes logits; crossentropy is false for losses that aren't one.
func fromLogits(l loss.Loss) (logits, crossentropy bool) {
	switch l := l.(type) {
	case loss.BinaryCrossentropy:
		return l.FromLogits, true
	case loss.CategoricalCrossentropy:
		return l.FromLogits, true
	case loss.SparseCategoricalCrossentropy:
		return l.FromLogits, true
	}
	return false, false
}

// kerasHead is the head as Keras code.
func kerasHead(units int, a nn.Activation, l loss.Loss) string {
	code, err := loss.KerasCode(l)
	if err != nil {
		code = fmt.Sprintf("%q", l)
	}
	return fmt.Sprintf("keras.layers.Dense(%d, activation=%q)  # last layer; loss=%s", units, activationName(a), code)
}

func goHead(units int, a nn.Activation, l loss.Loss) string {
	activation := ""
	if a != nil {
		activation = fmt.Sprintf(", Activation: %#v", a)
	}
	return fmt.Sprintf("nn.Dense{Units: %d%s} // last layer; loss: %s", units, activation, loss.GoCode(l))
}
