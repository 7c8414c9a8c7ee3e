package optim

import (
	"errors"
	"fmt"
)

// Product is a rate times what several schedules say of it, each as if the rate were 1: PyTorch's ChainedScheduler.
type Product struct {
	Initial float64
	Factors []Schedule
}

// At returns the rate of a step.
func (p Product) At(step int) float64 {
	rate := p.Initial
	for _, f := range p.Factors {
		rate *= f.At(step)
	}
	return rate
}

// Validate refuses a rate that is negative or not finite, a product of nothing, and factors that are missing or wrong themselves.
func (p Product) Validate() error {
	if len(p.Factors) == 0 {
		return errors.New("Product.Factors is empty")
	}
	for i, f := range p.Factors {
		if f == nil {
			return fmt.Errorf("Product.Factors[%d] is nil", i)
		}
		if err := validate(f); err != nil {
			return fmt.Errorf("Product.Factors[%d]: %w", i, err)
		}
	}
	return validateRates("Product", setting{"Initial", p.Initial})
}

func (p Product) torchRate(step string) (string, error) {
	text := py(p.Initial)
	for _, f := range p.Factors {
		factor, err := torchRate(f, step)
		if err != nil {
			return "", err
		}
		text += " * (" + factor + ")"
	}
	return text, nil
}
