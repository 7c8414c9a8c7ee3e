package doctor

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// frozenWeights suspects layers that aren't trained.
var frozenWeights = &Rule{
	Cause:  FrozenWeights,
	Doc:    "Layers that would have to learn are not trained.",
	Source: "Keras' guide to transfer learning: trainable=False takes a layer's weights out of the training",
	Suspect: func(p *Patient) *Suspicion {
		names := frozenLayers(p.Case.Model)
		if len(names) == 0 {
			return nil
		}
		return &Suspicion{
			Strength: Strong,
			Symptoms: []Symptom{{Gauge: "layers with trainable=False", Got: float64(len(names)), Limit: "0",
				Text: fmt.Sprintf("%s not trained: the weights are equal before and after", isAre(names))}},
			Treatments: []Treatment{unfreeze},
		}
	},
}

func isAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}

// frozenLayers names the layers that have weights and aren't trained, by themselves or with what they stand in.
func frozenLayers(net nn.Sequential) []string {
	var names []string
	var visit func(name string, l nn.Layer, frozen bool)
	visit = func(name string, l nn.Layer, frozen bool) {
		switch l := l.(type) {
		case nn.Frozen:
			visit(name, l.Layer, true)
		case nn.Renamed:
			visit(name, l.Layer, frozen)
		case nn.Sequential:
			inner, err := l.Names()
			for i := range l {
				if err == nil { // else the model can't be built, which is told elsewhere
					visit(strings.TrimPrefix(name+"/"+inner[i], "/"), l[i], frozen)
				}
			}
		default:
			if frozen && hasWeights(l) {
				names = append(names, name)
			}
		}
	}
	visit("", net, false)
	return names
}

func hasWeights(l nn.Layer) bool {
	switch l.(type) {
	case nn.Activation, nn.Dropout, nn.Flatten, nn.Reshape, nn.GlobalAveragePooling1D:
		return false
	}
	return true
}

var unfreeze = Treatment{
	Text:  "train all layers",
	Go:    "// take nn.Frozen{…} off the layers",
	Keras: "for layer in model.layers: layer.trainable = True  # before model.compile",
	Apply: func(c Case) (Case, error) {
		c.Model = thaw(c.Model)
		return c, nil
	},
}

func thaw(net nn.Sequential) nn.Sequential {
	out := make(nn.Sequential, len(net))
	for i, l := range net {
		out[i] = thawLayer(l)
	}
	return out
}

func thawLayer(l nn.Layer) nn.Layer {
	switch l := l.(type) {
	case nn.Frozen:
		return thawLayer(l.Layer)
	case nn.Renamed:
		l.Layer = thawLayer(l.Layer)
		return l
	case nn.Sequential:
		return thaw(l)
	}
	return l
}
