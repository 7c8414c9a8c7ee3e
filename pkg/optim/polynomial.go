package optim

import "math"

// Polynomial goes from Initial to End: (Initial−End)·(1−step/Steps)^Power + End. Keras: PolynomialDecay,
// whose own end is 1e-4 unless told otherwise; here a zero End is 0.
//
// After Steps the rate stays at End. With Cycle it is computed as if Steps were its next multiple, so it
// jumps up and falls again, each time more slowly.
type Polynomial struct {
	Initial  float64 // the rate at step 0
	End      float64 // the rate at step Steps
	Steps    int     // positive
	Fraction float64 // of a step, on top of Steps: Keras' decay_steps need not be whole; in [0, 1)
	Power    float64 // 0 means 1, a straight line
	Cycle    bool
}

// At returns the rate of a step.
func (p Polynomial) At(step int) float64 {
	steps := length(p.Steps, p.Fraction)
	if p.Cycle && step > 0 {
		steps *= math.Ceil(float64(step) / steps)
	}
	x := min(float64(step), steps) / steps
	power := p.Power
	if power == 0 {
		power = 1
	}
	return (p.Initial-p.End)*math.Pow(1-x, power) + p.End
}

// Validate refuses Steps that aren't positive and rates or a power that are negative or not finite.
func (p Polynomial) Validate() error {
	if err := validateLength("Polynomial", p.Steps, p.Fraction); err != nil {
		return err
	}
	return validateRates("Polynomial", setting{"Initial", p.Initial}, setting{"End", p.End}, setting{"Power", p.Power})
}
