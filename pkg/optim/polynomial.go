package optim

import (
	"math"

	"example.com/unstuck/internal/codec"
)

// Polynomial goes from Initial to End: (Initial−End)·(1−step/Steps)^Power + End. Keras: PolynomialDecay,
// whose own end is 1e-4 unless told otherwise; here a zero End is 0.
//
// After Steps the rate stays at End. With Cycle it is computed as if Steps were its next multiple, so it
// jumps up and falls again, each time more slowly.
type Polynomial struct {
	Initial  float64 `keras:"initial_learning_rate,required,from=0"`      // the rate at step 0
	Steps    int     `keras:"decay_steps,required,above=0,rest=Fraction"` // positive
	Fraction float64 `keras:"-"`                                          // of a step, on top of Steps: Keras' decay_steps need not be whole; in [0, 1)
	End      float64 `keras:"end_learning_rate,missing=1e-4,from=0"`      // the rate at step Steps
	Power    float64 `keras:"power,default=1,from=0"`                     // 0 means 1, a straight line
	Cycle    bool
}

var _ = schedules.Add(Polynomial{}, codec.Named("PolynomialDecay"), codec.Settled(func(_ codec.Source, value any) any {
	p := value.(Polynomial)
	if p.Power != 0 && float32(p.Power) == 0 { // anything to the power of 0 is 1, at the end as well
		return ConstantRate{Rate: p.Initial}
	}
	return p
}))

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
