package optim

import "math"

// CosineAnnealing goes from Initial to Last along half a cosine in Steps steps, and back in as many, again and again: PyTorch's
// CosineAnnealingLR. For one that stays at its end see [Cosine].
type CosineAnnealing struct {
	Initial float64 // the rate at step 0
	Last    float64 // the rate at step Steps, PyTorch's eta_min
	Steps   int     // positive, PyTorch's T_max
}

// At returns the rate of a step.
func (c CosineAnnealing) At(step int) float64 {
	return c.Last + (c.Initial-c.Last)*0.5*(1+math.Cos(math.Pi*float64(step)/float64(c.Steps)))
}

// Validate refuses Steps that aren't positive and rates that are negative or not finite.
func (c CosineAnnealing) Validate() error {
	if err := validateSteps("CosineAnnealing", c.Steps); err != nil {
		return err
	}
	return validateRates("CosineAnnealing", setting{"Initial", c.Initial}, setting{"Last", c.Last})
}

func (c CosineAnnealing) torchRate(step string) (string, error) {
	return py(c.Last) + " + " + py(c.Initial-c.Last) + " * " + pyCosine(step+" / "+py(float64(c.Steps))), nil
}
