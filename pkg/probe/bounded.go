package probe

import (
	"math"

	"example.com/unstuck/pkg/nn"
)

const (
	tanhLimit    = 0.97
	sigmoidLimit = (1 - tanhLimit) / 2 // sigmoid(2x) = (1 + tanh x)/2
)

// flat says outside of which values the outputs of a layer lie on the flat part of its activation; false
// when its activation has none on both sides.
func flat(l nn.Layer) (low, high float32, ok bool) {
	switch l := l.(type) {
	case nn.Tanh:
		return -tanhLimit, tanhLimit, true
	case nn.Sigmoid:
		return sigmoidLimit, 1 - sigmoidLimit, true
	case nn.HardSigmoid: // flat from 0 and 1 on, which it reaches
		return 1e-30, math.Nextafter32(1, 0), true
	case nn.Dense:
		return flat(l.Activation)
	case nn.SimpleRNN:
		if l.Activation == nil {
			return flat(nn.Tanh{})
		}
		return flat(l.Activation)
	case nn.Renamed:
		return flat(l.Layer)
	case nn.Frozen:
		return flat(l.Layer)
	case nn.Sequential:
		if len(l) > 0 {
			return flat(l[len(l)-1])
		}
	}
	return 0, 0, false
}
