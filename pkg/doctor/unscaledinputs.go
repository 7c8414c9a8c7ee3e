package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Limits on data. LeCun et al. 1998, "Efficient BackProp", 4.3: inputs of mean near 0 and like variances.
const (
	scaleFactor  = 10 // a deviation of 10 or of 1/10 is far from 1
	offsetFactor = 5  // mean over deviation
	spreadFactor = 30 // largest deviation over the smallest
	mildFactor   = 3  // a deviation of 3 or of 1/3 may be far enough
)

// unscaledInputs suspects features far from mean 0 and deviation 1.
var unscaledInputs = &Rule{
	Cause:           UnscaledInputs,
	Doc:             "Features are far from mean 0 and deviation 1: units saturate or gradients explode or vanish with them.",
	Source:          "LeCun et al. 1998, Efficient BackProp, 4.3",
	Requires:        all(dataLook),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		l := dataLook.of(p)
		if !takesNumbers(p.Training.Model) || l.InputHigh == 0 || changesInputs(p.Training.Model) {
			return nil
		}
		if normalizesFirst(p.Training.Model) || p.partial() && !startsWithKernel(p.Training.Model) {
			return nil
		}
		s := &Suspicion{Treatments: []Treatment{standardizeInputs}}
		limit := fmt.Sprintf("%g to %d", 1.0/scaleFactor, scaleFactor)
		switch {
		case l.InputHigh > scaleFactor || l.InputHigh < 1.0/scaleFactor:
			s.Strength = Strong
			s.Symptoms = []Symptom{{Gauge: "largest deviation of a feature", Got: l.InputHigh, Limit: limit,
				Text: p.spread() + p.largestMean()}}
		case l.InputOffset > offsetFactor:
			s.Strength = Strong
			s.Symptoms = []Symptom{{Gauge: "largest mean of a feature over its deviation", Got: l.InputOffset, Limit: fmt.Sprintf("up to %d", offsetFactor),
				Text: fmt.Sprintf("the mean of %s is %.3g times its deviation", p.featureName(l.OffsetAt), l.InputOffset)}}
		case l.InputHigh > spreadFactor*l.InputLow:
			s.Strength = Likely
			s.Symptoms = []Symptom{{Gauge: "largest deviation of a feature over the smallest", Got: l.InputHigh / l.InputLow, Limit: fmt.Sprintf("up to %d", spreadFactor),
				Text: p.spread()}}
		case l.InputHigh > mildFactor || l.InputHigh < 1.0/mildFactor:
			s.Strength = Possible
			s.Symptoms = []Symptom{{Gauge: "largest deviation of a feature", Got: l.InputHigh, Limit: limit, Usual: true,
				Text: p.spread()}}
		default:
			return nil
		}
		if symptom, drop, found := p.strayInputs(); found {
			s.Strength = Strong
			s.Symptoms, s.Treatments = append([]Symptom{symptom}, s.Symptoms...), append([]Treatment{drop}, s.Treatments...)
		}
		return s
	},
}

// takesNumbers is false for models whose inputs are indices.
func takesNumbers(model nn.Layer) bool {
	return !hasLayer(model, func(l nn.Layer) bool { _, is := l.(nn.Indexed); return is })
}

// changesInputs reports whether a layer that nobody understood stands in front of what computes with the inputs, and may
// scale them or look them up.
func changesInputs(model nn.Layer) bool {
	for _, p := range nn.Leaves(model) {
		if _, unread := p.Layer.(nn.Unread); unread {
			return true
		}
		if nn.HasKernel(p.Layer) && len(nn.InputNames(model)) == 1 {
			return false
		}
	}
	return false
}

// normalizesFirst tells whether the first layer with weights normalizes what it gets, by the batch or by the row.
func normalizesFirst(model nn.Layer) bool {
	for _, p := range nn.Leaves(model) {
		if nn.MixesRows(p.Layer) {
			return true
		}
		if s, ok := p.Layer.(nn.Standardizing); ok {
			if s.Standardizes() {
				return true
			}
			continue
		}
		if nn.HasWeights(p.Layer) {
			return !nn.HasKernel(p.Layer) && nn.WeightNames(p.Layer) != nil
		}
	}
	return false
}

// startsWithKernel tells whether the inputs come to a kernel as they are. What else stands first may bring them to another size.
func startsWithKernel(model nn.Layer) bool {
	leaves := nn.Leaves(model)
	return len(leaves) > 0 && nn.HasKernel(leaves[0].Layer)
}

var standardizeInputs = Treatment{
	Text:  "standardize the features: subtract the training rows' mean, divide by their deviation",
	Apply: func(c training.Training) (training.Training, error) { return c.Prepare(training.StandardizeInputs{}) },
}
