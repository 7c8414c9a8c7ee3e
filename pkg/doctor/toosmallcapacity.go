package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// tooSmallCapacity suspects models too small, or too linear, for what is to be learned.
var tooSmallCapacity = &Rule{
	Cause:    TooSmallCapacity,
	Doc:      "The model has too few units, or no hidden layer with an activation, to represent what is to be learned.",
	Source:   "Minsky & Papert 1969 (XOR needs a hidden layer); results that vary with the seed in nets of 1 to 4 units",
	Requires: all(narrowestLayer),
	Suspect: func(p *Patient) *Suspicion {
		if headsOf(p.Training.Model) == nil {
			return nil
		}
		at := narrowestLayer.of(p)
		width, linear := at.units, at.linear
		s := &Suspicion{Strength: Possible}
		switch {
		case linear:
			s.Strength = Likely
			s.Symptoms = []Symptom{{Gauge: "hidden layers with an activation", Got: 0, Limit: "at least 1", Text: "the model is linear in its inputs up to the last layer"}}
		case width <= tinyLayer:
			s.Strength = Likely
			fallthrough
		case width < enoughUnits:
			s.Symptoms = []Symptom{{Gauge: "units of the narrowest hidden layer", Got: float64(width), Limit: fmt.Sprintf("at least %d", enoughUnits), Text: fmt.Sprintf("the narrowest hidden layer has %d units", width)}}
		default:
			return nil
		}
		s.Treatments = []Treatment{widen}
		return s
	},
}

// Units of a hidden layer.
const (
	enoughUnits = 32
	tinyLayer   = 4 // results of nets up to here vary with the seed
)

type narrow struct {
	units  int
	linear bool // no hidden layer bends
}

var narrowestLayer = measure("units of the narrowest hidden layer", FromDescription, func(p *Patient) narrow {
	units, linear := narrowest(p.Training.Model)
	return narrow{units, linear}
})

// narrowest is the smallest number of units of the hidden layers, and whether none of them bends.
func narrowest(model nn.Layer) (width int, linear bool) {
	width, linear = 1<<30, true
	hidden := hiddenLayers(model)
	for _, p := range nn.Leaves(model) {
		if !hidden(p) {
			continue
		}
		if units, ok := nn.Units(p.Layer); ok {
			width = min(width, units)
		}
		if nn.Bends(p.Layer) {
			linear = false
			if nn.WeightNames(p.Layer) == nil && nn.HasWeights(p.Layer) { // what doesn't say how wide it is
				width = enoughUnits
			}
		}
	}
	return width, linear
}

var widen = Treatment{
	Text: fmt.Sprintf("hidden layers of at least %d units with an activation", enoughUnits),
	cost: 2,
	Apply: func(c training.Training) (training.Training, error) {
		heads := headsOf(c.Model)
		if heads == nil {
			return c, errNoHead
		}
		_, linear := narrowest(c.Model)
		found := false
		c.Model = mapHiddenLayers(c.Model, func(l nn.Layer) nn.Layer {
			units, ok := nn.Units(l)
			if !ok {
				return l
			}
			found = true
			l = nn.WithUnits(l, max(units, enoughUnits))
			if linear && isFullyConnected(l) {
				l = nn.WithActivation(l, nn.ReLU{})
			}
			return l
		})
		if !found {
			c.Model = rewrite(c.Model, func(p nn.Place) nn.Change {
				change := nn.Change{Layer: p.Layer}
				if slices.ContainsFunc(heads, func(h head) bool { return h.at == p.At }) {
					change.Before = []nn.Layer{nn.Dense{Name: "hidden_a", Units: enoughUnits, Activation: nn.ReLU{}}, nn.Dense{Name: "hidden_b", Units: enoughUnits, Activation: nn.ReLU{}}}
				}
				return change
			})
		}
		return c, nil
	},
}
