package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// tooSmallCapacity suspects models too small, or too linear, for what is to be learned.
var tooSmallCapacity = &Rule{
	Cause:  TooSmallCapacity,
	Doc:    "The model has too few units, or no hidden layer with an activation, to represent what is to be learned.",
	Source: "Minsky & Papert 1969 (XOR needs a hidden layer); results that vary with the seed in nets of 1 to 4 units",
	Suspect: func(p *Patient) *Suspicion {
		h, ok := headOf(p.Case.Model)
		if !ok {
			return nil
		}
		width, linear := narrowest(p.Case.Model, h.at)
		s := &Suspicion{Strength: Possible}
		switch {
		case linear:
			s.Strength = Likely
			s.Symptoms = []Symptom{{Gauge: "hidden layers with an activation", Got: 0, Limit: "at least 1", Text: "the model is linear in its inputs up to the last layer"}}
		case width <= 4:
			s.Strength = Likely
			fallthrough
		case width < enoughUnits:
			s.Symptoms = []Symptom{{Gauge: "units of the narrowest hidden layer", Got: float64(width), Limit: "at least 16", Text: fmt.Sprintf("the narrowest hidden layer has %d units", width)}}
		default:
			return nil
		}
		s.Treatments = []Treatment{widen}
		return s
	},
}

const enoughUnits = 32

// narrowest is the smallest number of units of the layers before a leaf, and whether none of them bends.
func narrowest(net nn.Sequential, end int) (width int, linear bool) {
	width, linear = 1<<30, true
	for _, leaf := range nn.Leaves(net)[:end] {
		switch l := leaf.Layer.(type) {
		case nn.Dense:
			width = min(width, l.Units)
			if _, is := l.Activation.(nn.Linear); l.Activation != nil && !is {
				linear = false
			}
		case nn.SimpleRNN:
			width, linear = min(width, l.Units), false
		case nn.GRU:
			width, linear = min(width, l.Units), false
		case nn.LSTM:
			width, linear = min(width, l.Units), false
		case nn.Linear:
		case nn.Activation:
			linear = false
		case nn.Func:
			width, linear = enoughUnits, false
		}
	}
	return width, linear
}

var widen = Treatment{
	Text:  fmt.Sprintf("hidden layers of at least %d units with an activation", enoughUnits),
	Go:    fmt.Sprintf("nn.Dense{Units: %d, Activation: nn.ReLU{}}, nn.Dense{Units: %d, Activation: nn.ReLU{}} // before the last layer", enoughUnits, enoughUnits),
	Keras: fmt.Sprintf(`keras.layers.Dense(%d, activation="relu"), keras.layers.Dense(%d, activation="relu")  # before the last layer`, enoughUnits, enoughUnits),
	cost:  2,
	Apply: func(c Case) (Case, error) {
		h, ok := headOf(c.Model)
		if !ok {
			return c, fmt.Errorf("the model doesn't end in a Dense layer")
		}
		_, linear := narrowest(c.Model, h.at)
		bent := func(a nn.Activation) nn.Activation {
			if linear {
				return nn.ReLU{}
			}
			return a
		}
		found := false
		c.Model = mapBefore(c.Model, h.at, func(l nn.Layer) nn.Layer {
			switch l := l.(type) {
			case nn.Dense:
				l.Units, l.Activation, found = max(l.Units, enoughUnits), bent(l.Activation), true
				return l
			case nn.SimpleRNN:
				l.Units, found = max(l.Units, enoughUnits), true
				return l
			case nn.GRU:
				l.Units, found = max(l.Units, enoughUnits), true
				return l
			case nn.LSTM:
				l.Units, found = max(l.Units, enoughUnits), true
				return l
			}
			return l
		})
		if !found {
			c.Model = nn.MapLeaves(c.Model, func(l nn.Leaf) nn.Edit {
				e := nn.Edit{Layer: l.Layer}
				if l.At == h.at {
					e.Before = []nn.Layer{nn.Dense{Name: "hidden_a", Units: enoughUnits, Activation: nn.ReLU{}}, nn.Dense{Name: "hidden_b", Units: enoughUnits, Activation: nn.ReLU{}}}
				}
				return e
			})
		}
		return c, nil
	},
}
