package doctor

import (
	"fmt"
	"path"
	"slices"
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

	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		names := frozenNames.of(p)
		if len(names) == 0 || p.partial() && trains(p.Training) {
			return nil // of a part that wasn't read nobody knows whether it is trained upon what is frozen
		}
		return &Suspicion{
			Strength: Strong,
			Symptoms: []Symptom{{Gauge: "layers with trainable=False", Got: float64(len(names)), Limit: "0",
				Text: fmt.Sprintf("%s not trained: the weights are equal before and after", isAre(names))}},
			Treatments: []Treatment{unfreeze},
		}
	},
}

// trains tells whether some layer that was read has weights that are trained.
func trains(t training.Training) bool {
	return slices.ContainsFunc(nn.Leaves(t.Model), func(p nn.Place) bool {
		_, unread := p.Layer.(nn.Unread)
		return !p.Frozen && !unread && nn.HasWeights(p.Layer)
	})
}

var frozenNames = measure("layers with trainable=False", FromDescription, func(p *Patient) []string { return frozenLayers(p.Training) })

func isAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}

// frozenLayers names the layers that have weights and aren't trained, by themselves, with what they stand in, or by the optimizer.
func frozenLayers(t training.Training) []string {
	var names []string
	for _, p := range nn.Leaves(t.Model) {
		if p.Frozen && nn.HasWeights(p.Layer) {
			names = append(names, p.Path)
		}
	}
	for _, weight := range t.Optimizer.FrozenWeights() { // which the optimizer doesn't have
		layer := strings.TrimPrefix(path.Dir(weight), "/")
		if !slices.Contains(names, layer) {
			names = append(names, layer)
		}
	}
	return t.LayerNames(names)
}

var unfreeze = Treatment{
	Text: "train all layers",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model, c.Optimizer = nn.Thaw(c.Model), c.Optimizer.Thawed()
		return c, nil
	},
}
