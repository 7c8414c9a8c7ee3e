package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// outputRangeMismatch suspects a last activation that can't reach the targets.
var outputRangeMismatch = &Rule{
	Cause:  OutputRangeMismatch,
	Doc:    "The last activation cannot give values as the targets have them.",
	Source: "the ranges of the activations; Zhang et al. 2021 (AUTOTRAINER), Schoop et al. 2021 (UMLAUT)",
	Suspect: func(p *Patient) *Suspicion {
		h, ok := headOf(p.Case.Model)
		if _, crossentropy := fromLogits(p.Case.Loss); !ok || crossentropy {
			return nil
		}
		share := p.outsideShare(h)
		if share < 0.02 {
			return nil
		}
		low, high := nn.Bounds(h.activation)
		name := activationName(h.activation)
		strength := Likely
		if share > 0.1 {
			strength = Strong
		}
		return &Suspicion{
			Strength: strength,
			Symptoms: []Symptom{{Gauge: "targets out of the last activation's reach", Got: share, Limit: "0",
				Text: fmt.Sprintf("%.0f%% of the targets, which go from %.4g to %.4g, lie outside the values of %s, %g to %g",
					100*share, p.Look.TargetMin, p.Look.TargetMax, name, low, high)}},
			Treatments: []Treatment{linearHead(p.Case, h)},
		}
	},
}

func linearHead(c Case, h head) Treatment {
	return Treatment{
		Text:  fmt.Sprintf("make the last layer linear instead of %s", activationName(h.activation)),
		Go:    goHead(h.units, nil, c.Loss),
		Keras: kerasHead(h.units, nil, c.Loss),
		Apply: func(c Case) (Case, error) {
			var err error
			c.Model, err = withHead(c.Model, h.units, nil)
			return c, err
		},
	}
}
