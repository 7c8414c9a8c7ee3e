package optim

import (
	"fmt"

	"example.com/unstuck/internal/codec"
)

// Piecewise is constant between boundaries: Rates[0] up to and including step Boundaries[0], then Rates[1]
// up to and including Boundaries[1], and so on. Keras: PiecewiseConstantDecay.
type Piecewise struct {
	Boundaries []int     `keras:"boundaries,required,floor"` // strictly increasing
	Rates      []float64 `keras:"values,required,from=0"`    // one more than Boundaries
}

var _ = schedules.Add(Piecewise{}, codec.Named("PiecewiseConstantDecay"))

// At returns the rate of a step.
func (p Piecewise) At(step int) float64 {
	for i, b := range p.Boundaries {
		if step <= b {
			return p.Rates[i]
		}
	}
	return p.Rates[len(p.Rates)-1]
}

// Validate refuses numbers of rates and boundaries that don't fit, boundaries out of order, and rates that
// are negative or not finite.
func (p Piecewise) Validate() error {
	if len(p.Rates) != len(p.Boundaries)+1 {
		return fmt.Errorf("Piecewise has %d rates for %d boundaries: there must be one more", len(p.Rates), len(p.Boundaries))
	}
	if err := validateBoundaries("Piecewise", p.Boundaries); err != nil {
		return err
	}
	for i, r := range p.Rates {
		if err := validateRates("Piecewise", setting{fmt.Sprintf("Rates[%d]", i), r}); err != nil {
			return err
		}
	}
	return nil
}

func validateBoundaries(schedule string, boundaries []int) error {
	for i := range boundaries {
		if i > 0 && boundaries[i] <= boundaries[i-1] {
			return fmt.Errorf("%s.Boundaries %v aren't in increasing order", schedule, boundaries)
		}
	}
	return nil
}
