package optim

import (
	"math"

	"example.com/unstuck/internal/codec"
)

// Exponential is Initial·Decay^(step/Steps). Keras: ExponentialDecay.
type Exponential struct {
	Initial   float64 `keras:"initial_learning_rate,required,from=0"`      // the rate at step 0
	Steps     int     `keras:"decay_steps,required,above=0,rest=Fraction"` // steps in which the rate falls by Decay; positive
	Fraction  float64 `keras:"-"`                                          // of a step, on top of Steps: Keras' decay_steps need not be whole; in [0, 1)
	Decay     float64 `keras:"decay_rate,required,from=0"`                 // factor each Steps; Keras' decay_rate
	Staircase bool    // holds the rate in between: step/Steps is rounded down
}

var _ = schedules.Add(Exponential{}, codec.Named("ExponentialDecay"))

// At returns the rate of a step.
func (e Exponential) At(step int) float64 {
	return e.Initial * math.Pow(e.Decay, periods(step, length(e.Steps, e.Fraction), e.Staircase))
}

// Validate refuses Steps that aren't positive and rates or a factor that are negative or not finite.
func (e Exponential) Validate() error {
	if err := validateLength("Exponential", e.Steps, e.Fraction); err != nil {
		return err
	}
	return validateRates("Exponential", setting{"Initial", e.Initial}, setting{"Decay", e.Decay})
}

// periods is step/steps, in whole numbers for a staircase.
func periods(step int, steps float64, staircase bool) float64 {
	x := float64(step) / steps
	if staircase {
		return math.Floor(x)
	}
	return x
}
