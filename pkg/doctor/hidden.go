package doctor

import (
	"math"

	"example.com/unstuck/pkg/nn"
)

func isReLU(a nn.Activation) bool {
	r, is := a.(nn.ReLU)
	return is && r.NegativeSlope == 0
}

func isSquashing(a nn.Activation) bool {
	low, high := nn.Bounds(a)
	_, together := a.(nn.Softmax)
	return !math.IsInf(low, 0) && !math.IsInf(high, 0) && !together && !isReLU(a)
}

// squashes tells whether a hidden activation is a sigmoid or a tanh.
func squashes(model nn.Layer) bool { return hiddenActivation(model, isSquashing) }

func hiddenReLU(model nn.Layer) bool { return hiddenActivation(model, isReLU) }

// hiddenActivation tells whether f is true for an activation before the head.
func hiddenActivation(model nn.Layer, f func(nn.Activation) bool) bool {
	found := false
	mapHidden(model, func(a nn.Activation) nn.Activation {
		found = found || f(a)
		return a
	})
	return found
}

// mapHidden replaces the activations before the layer that makes the output, those of layers that put out what it gives
// and those that are layers themselves. The gates of recurrent layers are left alone.
func mapHidden(model nn.Layer, f func(nn.Activation) nn.Activation) nn.Layer {
	return mapHiddenLayers(model, func(l nn.Layer) nn.Layer {
		if a, ok := l.(nn.Activation); ok {
			return f(a)
		}
		r, recurrent := l.(nn.Recurrent)
		if recurrent && r.Gates() > 1 {
			return l
		}
		a := nn.ActivationOf(l)
		if a == nil || nn.IsLinear(a) && !recurrent {
			return l
		}
		if next := f(a); next != a {
			return nn.WithActivation(l, next)
		}
		return l
	})
}

// hiddenDense counts the fully connected layers before the head.
func hiddenDense(model nn.Layer) int {
	n := 0
	if headsOf(model) == nil {
		return n
	}
	hidden := hiddenLayers(model)
	for _, p := range nn.Leaves(model) {
		if hidden(p) && isFullyConnected(p.Layer) {
			n++
		}
	}
	return n
}

// normalizesBatches reports whether some layer sees the rows of a batch beside each other, as a batch normalization does.
func normalizesBatches(model nn.Layer) bool { return hasLayer(model, nn.MixesRows) }
