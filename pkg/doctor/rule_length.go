package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// tooFewEpochs suspects a training that ended before it could arrive.
var tooFewEpochs = &Rule{
	Cause:  TooFewEpochs,
	Doc:    "The training ends while the loss is still falling, after too few updates.",
	Source: "the number of updates, and the slope of the loss over the last quarter of them",
	Suspect: func(p *Patient) *Suspicion {
		updates := p.Case.updates()
		falling := p.Before != nil && stillFalling(p.Before.History.Steps)
		s := &Suspicion{Strength: Possible}
		switch {
		case updates < fewUpdates && falling:
			s.Strength = Strong
		case updates < fewUpdates:
			s.Strength = Likely
		case !falling || updates > manyUpdates:
			return nil
		}
		s.Symptoms = []Symptom{{Gauge: "updates of the weights", Got: float64(updates), Limit: fmt.Sprintf("at least %d", fewUpdates),
			Text: fmt.Sprintf("the training has %d updates; the loss is %s at the end", updates, map[bool]string{true: "still falling", false: "not falling"}[falling])}}
		// 10 times as many, and for very short trainings what it takes to have a fair number.
		for _, factor := range []int{10, (3*fewUpdates + updates - 1) / updates} {
			if len(s.Treatments) == 0 || factor > 10 {
				s.Treatments = append(s.Treatments, moreEpochs(p.Case.Epochs, factor))
			}
		}
		return s
	},
}

const (
	fewUpdates  = 200  // fewer than this hardly train anything
	manyUpdates = 5000 // ten times as many is no quick trial
)

func moreEpochs(epochs, factor int) Treatment {
	n := max(1, epochs) * factor
	return Treatment{
		Text:  fmt.Sprintf("%d epochs instead of %d", n, max(1, epochs)),
		Go:    fmt.Sprintf("fit.Config{Epochs: %d}", n),
		Keras: fmt.Sprintf("model.fit(…, epochs=%d)", n),
		cost:  float64(factor),
		Apply: func(c Case) (Case, error) {
			c.Epochs = n
			return c, nil
		},
	}
}

// stillFalling compares the medians of the third and the last quarter of the steps' losses with how far the
// losses scatter.
func stillFalling(losses []float32) bool {
	n := len(losses)
	if n < 8 {
		return n >= 2 && losses[n-1] < losses[0]
	}
	third, last := medianOf(losses[n/2:3*n/4]), medianOf(losses[3*n/4:])
	first := medianOf(losses[:n/4])
	return last < third && first-last > 0 && third-last > 0.05*(first-last)
}

func medianOf(values []float32) float64 {
	v := slices.Sorted(slices.Values(values))
	return float64(v[len(v)/2])
}

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
		width, linear := narrowest(p.Case.Model[:h.at])
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

// narrowest is the smallest number of units of the hidden layers, and whether none of them bends.
func narrowest(hidden nn.Sequential) (width int, linear bool) {
	width, linear = 1<<30, true
	mapLayers(hidden, func(l nn.Layer) nn.Layer {
		switch l := l.(type) {
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
		return l
	})
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
		_, linear := narrowest(c.Model[:h.at])
		bent := func(a nn.Activation) nn.Activation {
			if linear {
				return nn.ReLU{}
			}
			return a
		}
		hidden, found := nn.Sequential{}, false
		hidden = mapLayers(c.Model[:h.at], func(l nn.Layer) nn.Layer {
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
			hidden = append(hidden, nn.Dense{Name: "hidden_a", Units: enoughUnits, Activation: nn.ReLU{}}, nn.Dense{Name: "hidden_b", Units: enoughUnits, Activation: nn.ReLU{}})
		}
		c.Model = append(hidden, c.Model[h.at:]...)
		return c, nil
	},
}
