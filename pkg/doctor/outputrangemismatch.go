package doctor

import (
	"fmt"

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
			h := o.head
			if _, crossentropy := fromLogits(o.Loss); !o.headed || crossentropy || o.Loss == nil {
				continue
			}
			share := p.outsideShare(o, h)
			if share < outsideLimit {
				continue
			}
			if share > manyOutside {
				s.Strength = Strong
			}
			low, high := h.bounds()
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "targets out of the last activation's reach", Got: share, Limit: "0",
				Text: o.of() + fmt.Sprintf("%.0f%% of the targets, which go from %.4g to %.4g, lie outside the values of %s, %g to %g",
					100*share, o.look.TargetMin, o.look.TargetMax, h.name(), low, high)})
			each = append(each, withinReach(o, h))
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

// withinReach brings targets and last layer together: masks and gray values, which are no numbers of their own, to a range that the
// last activation has, other targets by a linear last layer.
func withinReach(o output, h head) Treatment {
	if low, high := h.bounds(); low == 0 && high == 1 && (o.look.Distinct == 2 || o.look.grayValues()) {
		shift, scale := o.look.TargetMin, o.look.TargetMax-o.look.TargetMin
		return Treatment{
			Text: o.of() + "bring the targets to 0 to 1: " + recodeText(shift, scale),
			Apply: func(c training.Training) (training.Training, error) {
				return c.Prepare(training.Recode{Output: o.At, Shift: shift, Scale: scale})
			},
		}
	}
	return linearHead(o, h)
}

func linearHead(o output, h head) Treatment {
	text := fmt.Sprintf("make the last layer linear instead of %s", h.name())
	if h.other {
		text = h.change(h.units, nil)
	}
	return Treatment{
		Text: o.of() + text,
		Apply: func(c training.Training) (training.Training, error) {
			var err error
			c.Model, err = withHead(c.Model, o.At, h.units, nil)
			return c, err
		},
	}
}
