package optim

import "math"

// Polynomial goes from Initial to End: (Initial−End)·(1−step/Steps)^Power + End. Keras: PolynomialDecay,
// whose own end is 1e-4 unless told otherwise; here a zero End is 0.
//
// After Steps the rate stays at End. With Cycle it is computed as if Steps were its next multiple, so it
// jumps up and falls again, each time more slowly.
type Polynomial struct {
	Initial float64 // the rate at step 0
	End     float64 // the rate at step Steps
	Steps   int     // positive
	Power   float64 // 0 means 1, a straight line
	Cycle   bool
}

// At returns the rate of a step.
func (p Polynomial) At(step int) float64 {
	steps := p.Steps
	if p.Cycle && step > 0 {
		steps *= (step + p.Steps - 1) / p.Steps
	}
	x := float64(min(step, steps)) / float64(steps)
	power := p.Power
	if power == 0 {
		power = 1
	}
	return (p.Initial-p.End)*math.Pow(1-x, power) + p.End
}

// Validate refuses Steps that aren't positive and rates or a power that are negative or not finite.
func (p Polynomial) Validate() error {
	if err := validateSteps("Polynomial", p.Steps); err != nil {
		return err
	}
	return validateRates("Polynomial", setting{"Initial", p.Initial}, setting{"End", p.End}, setting{"Power", p.Power})
}
