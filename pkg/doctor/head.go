package doctor

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// head is the end of a model: the layer that makes its output, and the activation of its outputs.
type head struct {
	at         int           // place among the model's layers of the one with the kernel
	units      int           // features of the output
	activation nn.Activation // the last one; nil: linear
	ahead      nn.Activation // what the outputs went through ahead of that; nil: nothing
	other      bool          // units and activation of what makes the output can't be set
	maker      nn.Layer      // the layer whose range that of such an output is, where no activation follows; else nil
}

// bounds is the range of the output's values.
func (h head) bounds() (low, high float64) {
	if h.maker != nil {
		return nn.Bounds(h.maker)
	}
	return nn.Bounds(h.activation)
}

// name is what limits the output, or "linear".
func (h head) name() string {
	if low, high := h.bounds(); h.maker != nil && !(math.IsInf(low, -1) && math.IsInf(high, 1)) {
		if a := nn.ActivationOf(h.maker); a != nil && !nn.IsLinear(a) {
			return activationName(a)
		}
	}
	return activationName(h.activation)
}

// classes is how many classes the head tells apart under a loss: one unit with a probability stands for two.
func (h head) classes(l loss.Loss) int {
	if _, binary := l.(loss.BinaryCrossentropy); binary {
		return 2
	}
	return h.units
}

// headOf finds the head of an output; false for models in which no fully connected layer or convolution makes it, or where more than
// activations, dropout and another shape of the same values follow.
func headOf(model nn.Layer, output int) (head, bool) {
	heads, err := nn.Heads(model)
	if err != nil || !isFullyConnected(heads[output].Layer) && !isConvolution(heads[output].Layer) {
		return head{}, false
	}
	units, has := nn.Units(heads[output].Layer)
	if !has {
		units, _ = nn.Filters(heads[output].Layer)
	}
	for _, p := range heads[output].Behind {
		if _, drops := p.Layer.(nn.Dropping); !drops && !isActivation(p.Layer) && !nn.KeepsFeatures(p.Layer, units) {
			return head{}, false
		}
	}
	activation, ahead := lastTwo(append([]nn.Place{heads[output].Place}, heads[output].Behind...))
	return head{at: heads[output].At, units: units, activation: activation, ahead: ahead}, true
}

// endsOf are the paths of the layers that make a model's outputs, and of what stands behind them.
func endsOf(model nn.Layer) map[string]bool {
	ends := map[string]bool{}
	heads, err := nn.Heads(model)
	if err != nil {
		return ends
	}
	for _, h := range heads {
		ends[h.Path] = true
		for _, p := range h.Behind {
			ends[p.Path] = true
		}
	}
	return ends
}

// lastTwo are the activation that some layers apply last, and the one before it; nil: there is none.
func lastTwo(layers []nn.Place) (last, ahead nn.Activation) {
	for _, p := range layers {
		if a := nn.ActivationOf(p.Layer); a != nil && !nn.IsLinear(a) {
			last, ahead = a, last
		}
	}
	return last, ahead
}

// headsOf finds the heads of all outputs; none where one has none.
func headsOf(model nn.Layer) []head {
	var all []head
	for i := range nn.OutputNames(model) {
		h, ok := headOf(model, i)
		if !ok {
			return nil
		}
		all = append(all, h)
	}
	return all
}

var errNoHead = errors.New("the model doesn't end in a Dense layer")

// withHead returns the model with another number of units and another activation behind them at an output. A dropout behind the head
// stays: it is another question. Where units and activation of what makes the output can't be set, a Dense layer is put behind it.
func withHead(model nn.Layer, output, units int, activation nn.Activation) (nn.Layer, error) {
	heads, err := nn.Heads(model)
	if err != nil {
		return nil, errNoHead
	}
	if _, ok := headOf(model, output); !ok {
		return withDense(model, output, heads[output], units, activation)
	}
	behind := map[int]bool{}
	for _, p := range heads[output].Behind {
		behind[p.At] = true
	}
	return rewrite(model, func(p nn.Place) nn.Change {
		switch {
		case p.At == heads[output].At:
			return nn.Change{Layer: nn.WithActivation(nn.WithFilters(nn.WithUnits(p.Layer, units), units), activation)}
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

// fromLogarithms tells whether a loss takes the logarithms of probabilities.
func fromLogarithms(l loss.Loss) bool {
	s, ok := l.(loss.SparseCategoricalCrossentropy)
	return ok && s.LogProbabilities
}

// lossName is what the loss is called where the training comes from: in Keras, or in PyTorch.
func (p *Patient) lossName(l loss.Loss) string {
	if p.Training.OfTorch() {
		if code, err := loss.TorchCode(l, 2); err == nil && strings.HasPrefix(code.Function, "nn.") {
			return code.Function
		}
	}
	return fmt.Sprint(l)
}

// withOptions is a loss with the options of the given one where it is of the same kind, but for what the given one takes;
// weights of classes stay where there are as many outputs as before.
func withOptions(given, l loss.Loss, sameUnits bool) loss.Loss {
	switch g := given.(type) {
	case loss.BinaryCrossentropy:
		if _, same := l.(loss.BinaryCrossentropy); same && sameUnits {
			g.FromLogits = false
			return g
		}
	case loss.CategoricalCrossentropy:
		if _, same := l.(loss.CategoricalCrossentropy); same && sameUnits {
			g.FromLogits = false
			return g
		}
	case loss.SparseCategoricalCrossentropy:
		if _, same := l.(loss.SparseCategoricalCrossentropy); same && sameUnits {
			g.FromLogits, g.LogProbabilities = false, false
			return g
		}
	}
	return l
}

// onLogits is a cross-entropy with the activation that belongs to it: none, where it takes logits, or logarithms, which those of a
// softmax are.
func onLogits(given, l loss.Loss, activation nn.Activation) (loss.Loss, nn.Activation) {
	logits, _ := fromLogits(given)
	if !logits && !fromLogarithms(given) {
		return l, activation
	}
	switch l := l.(type) {
	case loss.BinaryCrossentropy:
		l.FromLogits = true
		return l, nil
	case loss.CategoricalCrossentropy:
		l.FromLogits = true
		return l, nil
	case loss.SparseCategoricalCrossentropy:
		l.FromLogits = true
		return l, nil
	}
	return l, activation
}

// fromLogits tells whether a loss takes logits; crossentropy is false for losses that aren't one.
func fromLogits(l loss.Loss) (logits, crossentropy bool) {
	switch l := l.(type) {
	case loss.BinaryCrossentropy:
		return l.FromLogits, true
	case loss.CategoricalCrossentropy:
		return l.FromLogits, true
	case loss.SparseCategoricalCrossentropy:
		return l.FromLogits && !l.LogProbabilities, true
	}
	return false, false
}
