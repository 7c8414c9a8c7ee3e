package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// vanishingGradient suspects squashing activations, long memories and initial weights that are too small.
var vanishingGradient = &Rule{
	Cause:  VanishingGradient,
	Doc:    "The gradient shrinks from layer to layer, or from time to time, until the first ones don't learn.",
	Source: "Hochreiter 1991; Bengio et al. 1994; Glorot & Bengio 2010",
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{}
		if cause, symptoms := p.initialFault(); cause == VanishingGradient {
			s.Strength, s.Symptoms = Strong, symptoms
			s.Treatments = append(s.Treatments, defaultInitializers)
		}
		squashing := squashes(p.Training.Model)
		simple := hasLayer(p.Training.Model, isUngated)
		if !squashing && !simple && len(s.Treatments) == 0 {
			return nil
		}
		if p.first != nil && len(s.Symptoms) == 0 {
			s.Symptoms = append(s.Symptoms, p.first.vanishing())
		}
		if p.first != nil && squashing {
			if share, layer := p.first.saturated(); share > 0 {
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "saturated outputs at the first step", Got: share, Limit: "below 0.5",
					Text: fmt.Sprintf("%.0f%% of the outputs of %s lie on the flat part of its activation", 100*share, layer)})
			}
		}
		s.Strength = max(s.Strength, Possible)
		if p.first != nil && (p.first.flow() > vanishingFlow || p.first.reach() < vanishingReach) {
			s.Strength = max(s.Strength, Likely)
		}
		if simple {
			s.Treatments = append(s.Treatments, lstmForSimpleRNN)
		}
		if squashing {
			s.Treatments = append(s.Treatments, reluForSquashing)
		}
		if hidden := hiddenDense(p.Training.Model); hidden >= 3 && !normalizesBatches(p.Training.Model) {
			s.Treatments = append(s.Treatments, batchNormalization)
		}
		return s
	},
}

var reluForSquashing = Treatment{
	Text: "relu in place of sigmoid and tanh in the hidden layers",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapHidden(c.Model, func(a nn.Activation) nn.Activation {
			if isSquashing(a) {
				return nn.ReLU{}
			}
			return a
		})
		return c, nil
	},
}

// isUngated reports whether a layer carries a state that no gate protects.
func isUngated(l nn.Layer) bool {
	r, ok := l.(nn.Recurrent)
	return ok && r.Gates() == 1
}

var lstmForSimpleRNN = Treatment{
	Text: "LSTM in place of SimpleRNN",
	cost: 4,
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
			if !isUngated(l) {
				return l
			}
			// Its activation and initial weights are made for a state without gates.
			return nn.WithSettingsOf(nn.LSTM{}, l, "Activation", "KernelInitializer", "RecurrentInitializer", "BiasInitializer")
		})
		return c, nil
	},
}
