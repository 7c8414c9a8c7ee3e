package doctor

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// frozenWeights suspects layers that aren't trained.
var frozenWeights = &Rule{
	Cause:    FrozenWeights,
	Doc:      "Layers that would have to learn are not trained.",
	Source:   "Keras' guide to transfer learning: trainable=False takes a layer's weights out of the training",
	Requires: all(frozenNames),
	Suspect: func(p *Patient) *Suspicion {
		names := frozenNames.of(p)
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

var frozenNames = measure("layers with trainable=False", FromDescription, func(p *Patient) []string { return frozenLayers(p.Training.Model) })

func isAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}

// frozenLayers names the layers that have weights and aren't trained, by themselves or with what they stand in.
func frozenLayers(model nn.Layer) []string {
	var names []string
	for _, p := range nn.Leaves(model) {
		if p.Frozen && nn.HasWeights(p.Layer) {
			names = append(names, p.Path)
		}
	}
	return names
}

var unfreeze = Treatment{
	Text: "train all layers",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = nn.Thaw(c.Model)
		return c, nil
	},
}
