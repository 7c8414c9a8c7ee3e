package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// explodingGradients suspects gradients that grow on their way back.
var explodingGradients = &Rule{
	Cause:  ExplodingGradient,
	Doc:    "The signal or the gradient grows from layer to layer, or from time to time, until a step throws the weights away.",
	Source: "Pascanu et al. 2013 (clipping by norm, bounded states); Glorot & Bengio 2010 (initial weights)",
	Uses:   all(initialFault, largestGradient, largestSwing, gradientReach, progress, explosive, firstPassBreaks, firstGradient),
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{Strength: Possible}
		if fault := initialFault.of(p); fault.cause == ExplodingGradient {
			s.Strength, s.Symptoms = Strong, fault.symptoms
			s.Treatments = append(s.Treatments, freshStarts(p.Training)...)
		}
		swing, breaks := largestSwing.of(p), firstPassBreaks.of(p)
		if name := explosive.of(p); name != "" && (!firstPassBreaks.there(p) || breaks || swing.value > explodingSwing || explodes(p)) {
			s.Strength = Strong
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "hidden activations that grow faster than their input", Got: 1, Limit: "0",
				Text: fmt.Sprintf("%s in the hidden layers grows faster than what it is given: a few layers of it are beyond every number", name)})
			s.Treatments = append([]Treatment{normalizedInstead(name, nn.ReLU{}), normalizedInstead(name, nn.SELU{})}, s.Treatments...)
		}
		if largestGradient.there(p) && p.Look.NonFiniteRows == 0 { // else it's the data that are no numbers
			if explodes(p) && !thrown(p) {
				s.Strength = max(s.Strength, Likely)
			}
			steepest := largestGradient.of(p)
			symptom := Symptom{Gauge: "largest norm of the gradient in the first steps", Got: steepest, Limit: fmt.Sprintf("below %g", explodingGradient), Usual: steepest < explodingGradient,
				Text: fmt.Sprintf("gradients reach a norm of %.3g in the first steps", steepest)}
			if math.IsInf(steepest, 0) {
				symptom.Text = "gradients are no finite numbers in the first steps, though the data are"
			}
			s.Symptoms = append(s.Symptoms, symptom)
			if reach := gradientReach.of(p); reach > explodingReach {
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "gradient at the first time over that at the last", Got: reach, Limit: fmt.Sprintf("up to %g", explodingReach),
					Text: fmt.Sprintf("the gradient at the first time is %.3g times that at the last", reach)})
			}
		}
		if progress.there(p) && progress.of(p) > worseThanConstant && s.Strength == Possible {
			return nil // nothing explodes here
		}
		if hasLayer(p.Training.Model, carriesUnbounded) {
			s.Treatments = append(s.Treatments, tanhOverTime)
		}
		s.Treatments = append(s.Treatments, clipNorm)
		return s
	},
}

// Limits on the first steps, and on where the run ended.
const (
	explodingSwing    = 10.0 // standard deviation of a layer's outputs
	explodingGradient = 1e3  // norm
	explodingReach    = 10.0 // gradient at the first time over that at the last
	worseThanConstant = -0.5 // progress, below which weights were thrown away
)

// explodes tells whether the gradient grows on its way back beyond the limits, or is no number.
func explodes(p *Patient) bool {
	return !(largestGradient.of(p) < explodingGradient) || gradientReach.of(p) > explodingReach
}

// firstGradient is the norm of the gradient before any step; NaN: it wasn't taken.
var firstGradient = measure("norm of the first gradient", FromFirstSteps, func(p *Patient) float64 {
	if len(p.first.Gradients.GlobalRaw) == 0 {
		return math.NaN()
	}
	return p.first.Gradients.GlobalRaw[0]
})

// thrown tells whether gradients grow because steps threw the weights away: the first one, the model's and the data's own, was within the
// limit. Over time a gradient may grow within one step.
func thrown(p *Patient) bool {
	return firstGradient.of(p) < explodingGradient && !isRecurrent(p.Training.Model)
}

var clipNorm = Treatment{
	Text: "clip each gradient's norm at 1",
	Apply: func(c training.Training) (training.Training, error) {
		c.Optimizer = c.Optimizer.WithClip(optim.ClipByNorm{Max: 1})
		return c, nil
	},
}

// carriesUnbounded reports whether a layer carries a state over time that its activation doesn't keep within bounds.
func carriesUnbounded(l nn.Layer) bool {
	if _, ok := l.(nn.Recurrent); !ok {
		return false
	}
	low, high := nn.Bounds(nn.ActivationOf(l))
	return math.IsInf(low, -1) || math.IsInf(high, 1)
}

var tanhOverTime = Treatment{
	Text: "tanh, which keeps a state within bounds, in the recurrent layers",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
			if !carriesUnbounded(l) {
				return l
			}
			return nn.WithActivation(l, nn.Tanh{})
		})
		return c, nil
	},
}
