package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// vanishingGradient suspects squashing activations, long memories and initial weights that are too small.
var vanishingGradient = &Rule{
	Cause:  VanishingGradient,
	Doc:    "The gradient shrinks from layer to layer, or from time to time, until the first ones don't learn.",
	Source: "Hochreiter 1991; Bengio et al. 1994; Glorot & Bengio 2010",
	Uses:   all(initialFault, gradientFlow, gradientReach, saturatedOutputs),
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{Strength: Possible}
		squashing := squashes(p.Training.Model)
		simple := hasLayer(p.Training.Model, isUngated)
		if fault := initialFault.of(p); fault.cause == VanishingGradient {
			s.Strength, s.Symptoms = Strong, fault.symptoms
			s.Treatments = append(s.Treatments, freshStarts(p.Training)...)
		} else if !squashing && !simple {
			return nil
		}
		if gradientFlow.there(p) && len(s.Symptoms) == 0 {
			if symptom := vanishing(p); !math.IsNaN(symptom.Got) { // a single layer has no flow
				s.Symptoms = append(s.Symptoms, symptom)
			}
		}
		if saturatedOutputs.there(p) && squashing {
			if share := saturatedOutputs.of(p); share.value > 0 {
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "saturated outputs at the first step", Got: share.value, Limit: fmt.Sprintf("below %g", saturatedShare), Usual: share.value < saturatedShare,
					Text: fmt.Sprintf("%.0f%% of the outputs of %s lie on the flat part of its activation", 100*share.value, share.layer)})
			}
		}
		if gradientFlow.there(p) && vanishes(p) {
			s.Strength = max(s.Strength, Likely)
		}
		if simple {
			s.Treatments = append(s.Treatments, lstmForSimpleRNN)
		}
		if squashing {
			s.Treatments = append(s.Treatments, reluForSquashing)
		}
		if hidden := hiddenDense(p.Training.Model); hidden >= deepNetwork && !normalizesBatches(p.Training.Model) {
			s.Treatments = append(s.Treatments, batchNormalization)
		}
		return s
	},
}

// Limits on the first step. A layer with scaled initial weights keeps variances near 1 (Glorot & Bengio 2010), so a shrinking
// to a thirtieth is what unscaled ones make in two or three layers.
const (
	vanishingFlow  = 100  // gradient of the last layer over that of the first
	vanishingReach = 1e-3 // gradient at the first time over that at the last
	shrinkingSwing = 0.03 // standard deviation of a layer's outputs
	saturatedShare = 0.5  // of a layer's outputs
	deepNetwork    = 3    // hidden layers, from which on normalizing between them is a treatment
)

// saturatedOutputs are asked by this rule alone.
var saturatedOutputs = measure("saturated outputs at the first step", FromFirstSteps, func(p *Patient) layered {
	value, layer := p.first.saturated()
	return layered{value: value, layer: p.Training.LayerName(layer)}
})

// vanishes tells whether the gradient shrinks on its way back beyond the limits.
func vanishes(p *Patient) bool {
	return gradientFlow.of(p) > vanishingFlow || gradientReach.of(p) < vanishingReach
}

// vanishing is the symptom that shows a vanishing gradient best.
func vanishing(p *Patient) Symptom { return vanishingSymptom(gradientFlow.of(p), gradientReach.of(p)) }

func vanishingSymptom(flow, reach float64) Symptom {
	if !math.IsNaN(reach) && (reach < vanishingReach || !(flow > vanishingFlow)) {
		return Symptom{Gauge: "gradient at the first time over that at the last", Got: reach, Limit: fmt.Sprintf("above %g", vanishingReach), Usual: reach >= vanishingReach,
			Text: fmt.Sprintf("of the gradient at the last time %.2g is left at the first", reach)}
	}
	text := fmt.Sprintf("the first layer's gradient is %.2g times smaller than the last one's", flow)
	if math.IsInf(flow, 1) {
		text = "no gradient arrives at the first layer"
	}
	return Symptom{Gauge: "gradient of the last layer over that of the first", Got: flow, Limit: fmt.Sprintf("up to %d", vanishingFlow), Usual: flow <= vanishingFlow, Text: text}
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
