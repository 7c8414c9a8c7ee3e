package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// unscaledTargets suspects targets of a regression far from 1.
var unscaledTargets = &Rule{
	Cause:           UnscaledTargets,
	Doc:             "Targets are so large, small or far from 0 that weights of ordinary size don't get there, or gradients explode.",
	Source:          "Bishop 1995, Neural Networks for Pattern Recognition, 8.2: outputs of order unity",
	Requires:        all(targetsByOutput),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{}
		var each []Treatment
		for _, o := range targetsByOutput.of(p) {
			switch loss.Matched(o.Loss).(type) {
			case loss.MSE, loss.MAE, loss.Huber, loss.LogCosh:
			default:
				continue
			}
			low, high := o.head.bounds()
			if o.headed && !(math.IsInf(low, -1) && math.IsInf(high, 1)) || !o.headed && p.partial() {
				continue // standardized targets would leave the activation's range, or what makes the output brings it to their size
			}
			symptom, drop, found := p.strayTargets(o)
			if !found {
				symptom, drop, found = p.markedTargets(o)
			}
			if found {
				s.Strength = Strong
				s.Symptoms = append(s.Symptoms, symptom)
				each = append(each, drop)
				continue
			}
			l := o.look
			size := max(l.TargetScale, math.Abs(l.TargetMean))
			strength := Possible
			switch {
			case size > scaleFactor || l.TargetScale < 1.0/scaleFactor && l.TargetScale > 0:
				strength = Strong
			case size > largeTargets:
			default:
				continue
			}
			s.Strength = max(s.Strength, strength)
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "size of the targets", Got: size, Limit: fmt.Sprintf("%g to %d", 1.0/scaleFactor, scaleFactor), Usual: strength < Strong,
				Text: o.of() + fmt.Sprintf("targets have mean %.4g and deviation %.4g", l.TargetMean, l.TargetScale)})
			each = append(each, standardizeTargets(o))
		}
		if each == nil {
			return nil
		}
		s.Treatments = []Treatment{together(each)}
		return s
	},
}

const largeTargets = 3 // a size from which on they may be too large

func standardizeTargets(o output) Treatment {
	return Treatment{
		Text: o.of() + "standardize the targets: subtract the training rows' mean, divide by their deviation, and undo it on predictions",
		Apply: func(c training.Training) (training.Training, error) {
			return c.Prepare(training.StandardizeTargets{Output: o.At})
		},
	}
}
