package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// explodingGradients suspects gradients that grow on their way back.
var explodingGradients = &Rule{
	Cause:  ExplodingGradient,
	Doc:    "The signal or the gradient grows from layer to layer, or from time to time, until a step throws the weights away.",
	Source: "Pascanu et al. 2013 (clipping by norm); Glorot & Bengio 2010 (initial weights)",
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{Strength: Possible}
		if cause, symptoms := p.initialFault(); cause == ExplodingGradient {
			s.Strength, s.Symptoms = Strong, symptoms
			s.Treatments = append(s.Treatments, defaultInitializers)
		}
		if p.first != nil {
			steepest, reach := p.first.steepest(), p.first.reach()
			if !(steepest < explodingGradient) || reach > explodingReach {
				s.Strength = max(s.Strength, Likely)
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "largest norm of the gradient in the first steps", Got: steepest, Limit: fmt.Sprintf("below %g", explodingGradient),
				Text: fmt.Sprintf("gradients reach a norm of %.3g in the first steps", steepest)})
		}
		if p.Before != nil && p.Before.finite() && p.Before.Progress > -0.5 && s.Strength == Possible {
			return nil // nothing explodes here
		}
		s.Treatments = append(s.Treatments, clipNorm)
		return s
	},
}

var clipNorm = Treatment{
	Text: "clip each gradient's norm at 1",
	Apply: func(c training.Training) (training.Training, error) {
		c.Optimizer = c.Optimizer.With(optim.ClipByNorm{Max: 1})
		return c, nil
	},
}
