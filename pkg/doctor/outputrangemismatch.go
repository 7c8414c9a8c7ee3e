package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// outputRangeMismatch suspects a last activation that can't reach the targets.
var outputRangeMismatch = &Rule{
	Cause:           OutputRangeMismatch,
	Doc:             "The last activation cannot give values as the targets have them.",
	Source:          "the ranges of the activations; Zhang et al. 2021 (AUTOTRAINER), Schoop et al. 2021 (UMLAUT)",
	Requires:        all(targetsByOutput),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{Strength: Likely}
		var each []Treatment
		for _, o := range targetsByOutput.of(p) {
			h, ok := headOf(p.Training.Model, o.At)
			if _, crossentropy := fromLogits(o.Loss); !ok || crossentropy || o.Loss == nil {
				continue
			}
			share := p.outsideShare(o, h)
			if share < outsideLimit {
				continue
			}
			if share > manyOutside {
				s.Strength = Strong
			}
			low, high := nn.Bounds(h.activation)
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "targets out of the last activation's reach", Got: share, Limit: "0",
				Text: o.of() + fmt.Sprintf("%.0f%% of the targets, which go from %.4g to %.4g, lie outside the values of %s, %g to %g",
					100*share, o.look.TargetMin, o.look.TargetMax, activationName(h.activation), low, high)})
			each = append(each, linearHead(o, h))
		}
		if each == nil {
			return nil
		}
		s.Treatments = []Treatment{together(each)}
		return s
	},
}

// Shares of targets that the last activation can't reach.
const (
	outsideLimit = 0.02
	manyOutside  = 0.1
)

func linearHead(o output, h head) Treatment {
	return Treatment{
		Text: o.of() + fmt.Sprintf("make the last layer linear instead of %s", activationName(h.activation)),
		Apply: func(c training.Training) (training.Training, error) {
			var err error
			c.Model, err = withHead(c.Model, o.At, h.units, nil)
			return c, err
		},
	}
}
