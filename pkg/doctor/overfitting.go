package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// overfitting suspects what is learned by heart. It is asked where the training learns its own rows.
var overfitting = &Rule{
	Cause:    Overfitting,
	Doc:      "The model memorizes its training rows; what it learns doesn't hold for other rows.",
	Source:   "Prechelt 1998 (early stopping); Srivastava et al. 2014 (dropout)",
	Requires: all(heldOutGap),
	Suspect: func(p *Patient) *Suspicion {
		o, gap := p.Before, heldOutGap.of(p)
		if math.IsNaN(gap) {
			return nil
		}
		return &Suspicion{Strength: Strong,
			Symptoms: []Symptom{{Gauge: "explained on training rows minus validation rows", Got: gap, Limit: fmt.Sprintf("below %g", littleGap), Usual: gap < littleGap,
				Text: fmt.Sprintf("%.2f is explained on the training rows, %.2f on the validation rows", o.Explained, o.ValidationExplained)}},
			Treatments: []Treatment{stopEarly, sparseInputs(0.003), sparseInputs(0.01), sparseInputs(0.03), smaller, dropHalf},
		}
	},
}

// largeGap is a share of what is explained that other rows don't have.
const largeGap = 0.5

var heldOutGap = measure("explained on training rows minus validation rows", FromRun, func(p *Patient) float64 {
	return p.Before.Explained - p.Before.ValidationExplained
})

var stopEarly = Treatment{
	Text: "stop at the epoch of the lowest validation loss",
	Apply: func(c training.Training) (training.Training, error) {
		c.StopEarly = 10
		return c, nil
	},
}

// sparseInputs puts an L1 penalty on the first layer's kernel, which drops features that say nothing.
func sparseInputs(l1 float64) Treatment {
	return Treatment{
		Text: fmt.Sprintf("an L1 penalty of %g on the first layer, and stop at the lowest validation loss", l1),
		Apply: func(c training.Training) (training.Training, error) {
			done := false
			c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
				if !isFullyConnected(l) || done {
					return l
				}
				done = true
				return nn.WithPenalty(l, nn.L1L2{L1: l1})
			})
			c.StopEarly = 20
			return c, nil
		},
	}
}

var smaller = Treatment{
	Text: "a quarter of the hidden units, and stop at the lowest validation loss",
	Apply: func(c training.Training) (training.Training, error) {
		if headsOf(c.Model) == nil {
			return c, errNoHead
		}
		c.Model = mapHiddenLayers(c.Model, func(l nn.Layer) nn.Layer {
			if !isFullyConnected(l) {
				return l
			}
			units, _ := nn.Units(l)
			return nn.WithUnits(l, max(2, units/4))
		})
		c.StopEarly = 10
		return c, nil
	},
}

var dropHalf = Treatment{
	Text: "dropout of one half after every hidden layer, and stop at the lowest validation loss",
	Apply: func(c training.Training) (training.Training, error) {
		if headsOf(c.Model) == nil {
			return c, errNoHead
		}
		leaves, hidden := nn.Leaves(c.Model), hiddenLayers(c.Model)
		c.Model = rewrite(c.Model, func(p nn.Place) nn.Change {
			change := nn.Change{Layer: p.Layer}
			if !hidden(p) {
				return change
			}
			if isActivation(p.Layer) || isFullyConnected(p.Layer) && !isActivation(leaves[p.At+1].Layer) {
				change.Behind = []nn.Layer{nn.Dropout{Name: p.Name + "_dropout", Rate: 0.5}}
			}
			return change
		})
		c.StopEarly = 10
		return c, nil
	},
}
