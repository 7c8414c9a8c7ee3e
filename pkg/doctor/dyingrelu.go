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
	Uses:   all(initialFault, deadUnits),
	Suspect: func(p *Patient) *Suspicion {
		if !hiddenReLU(p.Training.Model) {
			return nil // units that are off for another reason are no ReLUs
		}
		s := &Suspicion{Strength: Possible, Treatments: []Treatment{leakyForReLU}}
		if !deadUnits.there(p) {
			return s
		}
		if fault := initialFault.of(p); fault.cause == DyingReLU {
			s.Strength, s.Symptoms = Strong, fault.symptoms
			s.Treatments = append(freshStarts(p.Training), leakyForReLU)
			return s
		}
		share := deadUnits.of(p)
		if share.value >= deadShare {
			s.Strength = Likely
		}
		s.Symptoms = []Symptom{share.dead("units that are 0 for every row", "")}
		return s
	},
}

// deadShare is the share of a layer's units from which on they are no chance: AUTOTRAINER (Zhang et al. 2021) calls 70% dead
// at the end.
const deadShare = 0.9

// dead is the symptom of dead units.
func (l layered) dead(gauge, since string) Symptom {
	units := "units"
	if l.filters {
		units = "values that the filters give, at every place,"
	}
	return Symptom{Gauge: gauge, Got: l.value, Limit: fmt.Sprintf("below %g", deadShare), Usual: !(l.value >= deadShare),
		Text: fmt.Sprintf("%.0f%% of the %s of %s are 0 for every row%s", 100*l.value, units, l.layer, since)}
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
