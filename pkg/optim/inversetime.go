package optim

// InverseTime is Initial/(1 + Decay·step/Steps). Keras: InverseTimeDecay.
type InverseTime struct {
	Initial   float64 // the rate at step 0
	Steps     int     // unit of time; positive
	Decay     float64 // Keras' decay_rate; with 1 the rate has halved after Steps
	Staircase bool    // holds the rate in between: step/Steps is rounded down
}

// At returns the rate of a step.
func (s InverseTime) At(step int) float64 {
	return s.Initial / (1 + s.Decay*periods(step, s.Steps, s.Staircase))
}

// Validate refuses Steps that aren't positive and a rate or decay that is negative or not finite.
func (s InverseTime) Validate() error {
	if err := validateSteps("InverseTime", s.Steps); err != nil {
		return err
	}
	return validateRates("InverseTime", setting{"Initial", s.Initial}, setting{"Decay", s.Decay})
}
