package optim

import (
	"fmt"
	"math"
)

// Schedule gives the learning rate of each step; steps count from 0 over the whole training. It is plain
// host code: what trains is what can be plotted. A Schedule may also have Validate() error.
//
// Where Keras has the schedule, the rates are Keras' up to its rounding to float32.
type Schedule interface {
	At(step int) float64
}

// setting is one number of a schedule, for its check.
type setting struct {
	name  string
	value float64
}

// validateRates refuses rates that are negative, NaN or infinite.
func validateRates(schedule string, rates ...setting) error {
	for _, r := range rates {
		if !nonNegative(r.value) {
			return fmt.Errorf("%s.%s is %g: must be zero or positive, and finite", schedule, r.name, r.value)
		}
	}
	return nil
}

// length is a number of steps that need not be whole.
func length(steps int, fraction float64) float64 { return float64(steps) + fraction }

// validateLength refuses a length that is not positive.
func validateLength(schedule string, steps int, fraction float64) error {
	if !(fraction >= 0 && fraction < 1) {
		return fmt.Errorf("%s.Fraction is %g: must lie in [0, 1)", schedule, fraction)
	}
	if steps == 0 && fraction > 0 {
		return nil
	}
	return validateSteps(schedule, steps)
}

// validateSteps refuses a number of steps that is not positive.
func validateSteps(schedule string, steps int) error {
	if steps <= 0 {
		return fmt.Errorf("%s.Steps is %d: must be positive", schedule, steps)
	}
	return nil
}

// cosine goes from 1 to 0 along half a cosine while x goes from 0 to 1.
func cosine(x float64) float64 { return 0.5 * (1 + math.Cos(math.Pi*x)) }

// linear goes from a to b while x goes from 0 to 1.
func linear(a, b, x float64) float64 { return a + (b-a)*x }
