package doctor

import (
	"fmt"
	"math"
)

// numericRange suspects features of which float32 keeps too little: large numbers that differ little, and such whose squares overflow.
var numericRange = &Rule{
	Cause:           NumericRange,
	Doc:             "Float32 can't hold what tells the rows apart: features are large and differ little, or so large that their squares overflow.",
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
		worst, steps, overflows := -1, math.Inf(1), 0
		for j, sd := range l.FeatureDeviations {
			m := math.Abs(l.FeatureMeans[j])
			if sd <= 1e-7*m {
				continue // what rounding left of a constant
			}
			if n := sd / spacing(m); n < steps {
				worst, steps = j, n
			}
			if max(m, sd) > largestSquare {
				overflows++
			}
		}
		if worst < 0 || steps >= fewSteps && overflows == 0 {
			return nil
		}
		s := &Suspicion{Strength: Strong, Treatments: []Treatment{exactly(standardizeInputs)}}
		if steps < fewSteps {
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "deviation of a feature, in steps of float32 at its size", Got: steps, Limit: fmt.Sprintf("at least %d", fewSteps),
				Text: fmt.Sprintf("feature %d is near %.4g and varies by %.3g, which is %.3g steps of float32 there: the rest is rounded away", worst, l.FeatureMeans[worst], l.FeatureDeviations[worst], steps)})
		}
		if overflows > 0 {
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "features whose squares overflow float32", Got: float64(overflows), Limit: "0",
				Text: fmt.Sprintf("%d features reach beyond %.2g, whose squares float32 can't hold", overflows, largestSquare)})
		}
		return s
	},
}

const (
	fewSteps      = 32 // of which rounding, 1/√12 of a step, takes a hundredth of the deviation
	largestSquare = 1e19
)

// spacing is the distance of neighbouring float32 numbers.
func spacing(x float64) float64 {
	f := float32(x)
	return float64(math.Nextafter32(f, math.MaxFloat32)) - float64(f)
}

// exactly says of standardizing where it must be done.
func exactly(t Treatment) Treatment {
	t.Text += "; do it in float64, before anything is made float32: rows that are rounded already have lost what is lost"
	return t
}
