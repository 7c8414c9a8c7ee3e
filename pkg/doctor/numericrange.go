package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/training"
)

// numericRange suspects features of which float32 keeps too little: large numbers that differ little, and such whose squares it can't
// hold.
var numericRange = &Rule{
	Cause:           NumericRange,
	Doc:             "Float32 can't hold what distinguishes the rows: features are large and differ little, or so large or small that it can't hold their squares.",
	Source:          "Goldberg 1991, What Every Computer Scientist Should Know About Floating-Point Arithmetic: 24 bits, 3.4e38 at most",
	Requires:        all(dataLook),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		model := p.Training.Model
		if !takesNumbers(model) || changesInputs(model) || normalizesFirst(model) || p.partial() && !startsWithKernel(model) {
			return nil
		}
		if _, _, found := p.strayInputs(); found { // which make a deviation of their own
			return nil
		}
		l := dataLook.of(p)
		worst, steps := -1, math.Inf(1)
		var overflows, vanish []int
		for j, sd := range l.FeatureDeviations {
			m := math.Abs(l.FeatureMeans[j])
			if max(m, sd) > largestSquare { // a constant one, too
				overflows = append(overflows, j)
			}
			if l.rounded[j] {
				continue
			}
			if n := sd / spacing(m); n < steps {
				worst, steps = j, n
			}
			if max(m, sd) < smallestSquare {
				vanish = append(vanish, j)
			}
		}
		if steps >= fewSteps && len(overflows) == 0 && len(vanish) == 0 {
			return nil
		}
		s := &Suspicion{Strength: Strong, Treatments: []Treatment{standardizeExactly(steps < fewSteps)}}
		if steps < fewSteps {
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "deviation of a feature, in steps of float32 at its size", Got: steps, Limit: fmt.Sprintf("at least %d", fewSteps),
				Text: fmt.Sprintf("%s is near %.4g and varies by %.3g, which is %.3g steps of float32 there: the rest is rounded away", p.featureName(worst), l.FeatureMeans[worst], l.FeatureDeviations[worst], steps)})
		}
		beyond := func(features []int, than string, limit float64) {
			if len(features) > 0 {
				first := features[0]
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "features whose squares, or those of gradients, float32 can't hold", Got: float64(len(features)), Limit: "0",
					Text: fmt.Sprintf("%d %s %s than %.2g, the first %s of mean %.3g and deviation %.3g: %s", len(features), plural(len(features), "feature")+firstOf(len(features) == 1, " is", " are"), than, limit,
						p.featureName(first), l.FeatureMeans[first], l.FeatureDeviations[first], whatIsLost(max(math.Abs(l.FeatureMeans[first]), l.FeatureDeviations[first])))})
			}
		}
		beyond(overflows, "larger", largestSquare)
		beyond(vanish, "smaller", smallestSquare)
		return s
	},
}

const (
	fewSteps = 32 // of which rounding, 1/√12 of a step, takes a hundredth of the deviation

	// Squares beyond 3.4e38 are infinite and such below 1.2e-38 lose digits, or are 0. A batch, a layer's units and a gradient bring
	// factors of their own: these leave a hundred.
	largestSquare, smallestSquare = 1e17, 1e-17
)

// whatIsLost says what float32 can't hold of numbers of a size beyond the limits.
func whatIsLost(size float64) string {
	const smallestNormal = 0x1p-126
	if square := size * size; square > math.MaxFloat32 || square < smallestNormal {
		return "float32 can't hold squares of such numbers, nor those of gradients that they are a factor of"
	}
	return "float32 holds squares of such numbers, but no longer those of gradients, which have them as a factor more than once"
}

// spacing is the distance of neighbouring float32 numbers.
func spacing(x float64) float64 {
	f := float32(x)
	return float64(math.Nextafter32(f, math.MaxFloat32)) - float64(f)
}

// standardizeExactly says of standardizing where it must be done; rounded: numbers have lost what was between the steps.
func standardizeExactly(rounded bool) Treatment {
	why := "; do it in float64, for float32 can't hold their squares"
	if rounded {
		why = "; do it in float64, before anything is made float32: rows that are rounded already have lost what is lost"
	}
	return Treatment{
		Text: standardizeInputs.Text + why,
		Apply: func(c training.Training) (training.Training, error) {
			return c.Prepare(training.StandardizeInputs{Exactly: true})
		},
	}
}
