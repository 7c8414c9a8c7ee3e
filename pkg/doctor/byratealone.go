package doctor

import "math"

// byRateAlone is a cure by a lower learning rate in place of one by other targets, where both do as well. Where updates of far more
// than the weights' size speak for the rate, and targets are no more than a decade too large, weights may well get there in small
// steps; that is one number, and predictions stay in the units they were in.
func (e *examination) byRateAlone(cure *Attempt, suspicions []suspicion) (*Attempt, error) {
	if len(cure.suspicions) != 1 || cure.suspicions[0].rule != unscaledTargets || largestTarget(e.patient) > decade*scaleFactor {
		return cure, nil
	}
	for _, s := range suspicions {
		if s.rule != learningRateTooHigh || s.Strength < Likely {
			continue
		}
		rate := highestRate(e.patient.Training)
		for _, share := range lowerRates {
			t := withRate(e.patient.Training.Optimizer, short(rate*share))
			a, err := e.try([]suspicion{s}, []Treatment{t})
			if err != nil {
				return nil, err
			}
			if a.Cures && score(a.After.Progress) > score(cure.After.Progress)-asWell {
				return a, nil
			}
		}
	}
	return cure, nil
}

// lowerRates are shares of a rate, the most promising first: a step that is a decade too long for targets of size 1 is one or two
// more for what the rule allows.
var lowerRates = []float64{1e-2, 1e-3}

const (
	decade = 10
	asWell = 0.1 // less explained than by the other cure, and still as good
)

// largestTarget is the size of the targets of the output whose are the largest.
func largestTarget(p *Patient) float64 {
	size := 0.0
	for _, o := range targetsByOutput.of(p) {
		size = max(size, o.look.TargetScale, math.Abs(o.look.TargetMean))
	}
	return size
}
