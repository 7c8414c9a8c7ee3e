package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// head is the end of a model: the layer that makes its output, and the activation of its outputs.
type head struct {
	at         int // place among the model's layers of the one with the kernel
	units      int
	activation nn.Activation // nil: linear
}

// headOf finds the head of the first output; false for models in which no fully connected layer makes it, or where
// more than activations and dropout follow.
func headOf(model nn.Layer) (head, bool) {
	heads, err := nn.Heads(model)
	if err != nil || !isFullyConnected(heads[0].Layer) {
		return head{}, false
	}
	for _, p := range heads[0].Behind {
		if _, drops := p.Layer.(nn.Dropping); !drops && !isActivation(p.Layer) {
			return head{}, false
		}
	}
	units, _ := nn.Units(heads[0].Layer)
	return head{at: heads[0].At, units: units, activation: heads[0].Activation()}, true
}

// withHead returns the model with another number of outputs and another activation behind them. A dropout behind the head
// stays: it is another question.
func withHead(model nn.Layer, units int, activation nn.Activation) (nn.Layer, error) {
	heads, err := nn.Heads(model)
	if _, ok := headOf(model); !ok || err != nil {
		return nil, fmt.Errorf("the model doesn't end in a Dense layer")
	}
	behind := map[int]bool{}
	for _, p := range heads[0].Behind {
		behind[p.At] = true
	}
	return rewrite(model, func(p nn.Place) nn.Change {
		switch {
		case p.At == heads[0].At:
			return nn.Change{Layer: nn.WithActivation(nn.WithUnits(p.Layer, units), activation)}
		case behind[p.At] && isActivation(p.Layer):
			return nn.Change{}
		}
		return nn.Change{Layer: p.Layer}
	}), nil
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
