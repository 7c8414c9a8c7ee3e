package doctor

import (
	"example.com/unstuck/pkg/nn"

	"example.com/unstuck/pkg/training"
)

var batchNormalization = Treatment{
	Text: "batch normalization after every hidden Dense layer",
	Apply: func(c training.Training) (training.Training, error) {
		hidden := hiddenLayers(c.Model)
		c.Model = rewrite(c.Model, func(p nn.Place) nn.Change {
			if !isFullyConnected(p.Layer) || !hidden(p) {
				return nn.Change{Layer: p.Layer}
			}
			change := nn.Change{Layer: nn.WithActivation(p.Layer, nil), Behind: []nn.Layer{nn.BatchNormalization{Name: p.Name + "_normalized"}}}
			if a := nn.ActivationOf(p.Layer); !nn.IsLinear(a) {
				change.Behind = append(change.Behind, nn.Renamed{Name: p.Name + "_activation", Layer: a})
			}
			return change
		})
		return c, nil
	},
}
