package doctor

import "example.com/unstuck/pkg/nn"

func isReLU(a nn.Activation) bool {
	r, is := a.(nn.ReLU)
	return is && r.NegativeSlope == 0
}

func isSquashing(a nn.Activation) bool {
	switch a.(type) {
	case nn.Sigmoid, nn.Tanh, nn.HardSigmoid, nn.Softsign:
		return true
	}
	return false
}

// squashes tells whether a hidden activation is a sigmoid or a tanh.
func squashes(net nn.Sequential) bool { return hiddenActivation(net, isSquashing) }

func hiddenReLU(net nn.Sequential) bool { return hiddenActivation(net, isReLU) }

// hiddenActivation tells whether f is true for an activation before the head.
func hiddenActivation(net nn.Sequential, f func(nn.Activation) bool) bool {
	found := false
	mapHidden(net, func(a nn.Activation) nn.Activation {
		found = found || f(a)
		return a
	})
	return found
}

// mapHidden replaces the activations before the layer that makes the output, those of Dense and SimpleRNN layers and those that are
// layers themselves. The gates of GRU and LSTM are left alone.
func mapHidden(net nn.Sequential, f func(nn.Activation) nn.Activation) nn.Sequential {
	return mapBefore(net, hiddenEnd(net), func(l nn.Layer) nn.Layer {
		switch l := l.(type) {
		case nn.Dense:
			if l.Activation != nil {
				l.Activation = f(l.Activation)
			}
			return l
		case nn.SimpleRNN:
			a := l.Activation
			if a == nil {
				a = nn.Tanh{}
			}
			l.Activation = f(a)
			return l
		case nn.Activation:
			return f(l)
		}
		return l
	})
}

// hiddenDense counts the Dense layers before the head.
func hiddenDense(net nn.Sequential) int {
	n := 0
	if h, ok := headOf(net); ok {
		for _, l := range nn.Leaves(net)[:h.at] {
			if _, dense := l.Layer.(nn.Dense); dense {
				n++
			}
		}
	}
	return n
}

func hasBatchNormalization(net nn.Sequential) bool {
	return hasLayer(net, func(l nn.Layer) bool { _, is := l.(nn.BatchNormalization); return is })
}
