package optim

import "example.com/unstuck/internal/codec"

// InverseTime is Initial/(1 + Decay·step/Steps). Keras: InverseTimeDecay.
type InverseTime struct {
	Initial   float64 `keras:"initial_learning_rate,required,from=0"`      // the rate at step 0
	Steps     int     `keras:"decay_steps,required,above=0,rest=Fraction"` // unit of time; positive
	Fraction  float64 `keras:"-"`                                          // of a step, on top of Steps: Keras' decay_steps need not be whole; in [0, 1)
	Decay     float64 `keras:"decay_rate,required,from=0"`                 // Keras' decay_rate; with 1 the rate has halved after Steps
	Staircase bool    // holds the rate in between: step/Steps is rounded down
}

var _ = schedules.Add(InverseTime{}, codec.Named("InverseTimeDecay"))

// At returns the rate of a step.
func (s InverseTime) At(step int) float64 {
	return s.Initial / (1 + s.Decay*periods(step, length(s.Steps, s.Fraction), s.Staircase))
}

// Validate refuses Steps that aren't positive and a rate or decay that is negative or not finite.
func (s InverseTime) Validate() error {
	if err := validateLength("InverseTime", s.Steps, s.Fraction); err != nil {
		return err
	}
	return validateRates("InverseTime", setting{"Initial", s.Initial}, setting{"Decay", s.Decay})
}
