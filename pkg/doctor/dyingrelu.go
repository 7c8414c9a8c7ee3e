package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// dyingReLU suspects ReLU units that are off for every row.
var dyingReLU = &Rule{
	Cause:  DyingReLU,
	Doc:    "ReLU units are off for every row; no gradient passes through them, so they stay off.",
	Source: "Maas et al. 2013; Lu et al. 2019, Dying ReLU and Initialization",
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{}
		if cause, symptoms := p.initialFault(); cause == DyingReLU {
			s.Strength, s.Symptoms = Strong, symptoms
			s.Treatments = append(s.Treatments, defaultInitializers)
		}
		if hiddenReLU(p.Training.Model) {
			s.Strength = max(s.Strength, Possible)
			if share, layer := p.deadReLU(); len(s.Symptoms) == 0 {
				if share >= deadShare {
					s.Strength = max(s.Strength, Likely)
				}
				s.Symptoms = []Symptom{{Gauge: "units that are 0 for every row", Got: share, Limit: fmt.Sprintf("below %g", deadShare),
					Text: fmt.Sprintf("%.0f%% of the units of %s are 0 for every row", 100*share, layer)}}
			}
			s.Treatments = append(s.Treatments, leakyForReLU)
		}
		if len(s.Treatments) == 0 {
			return nil
		}
		return s
	},
}

// deadReLU is the largest share of dead units in a hidden layer, at the start.
func (p *Patient) deadReLU() (share float64, layer string) {
	if p.first == nil || !hiddenReLU(p.Training.Model) {
		return 0, "no layer"
	}
	return p.first.dead()
}

var leakyForReLU = Treatment{
	Text: "leaky_relu in place of relu in the hidden layers",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapHidden(c.Model, func(a nn.Activation) nn.Activation {
			if isReLU(a) {
				return nn.LeakyReLU{NegativeSlope: 0.2}
			}
			return a
		})
		return c, nil
	},
}
