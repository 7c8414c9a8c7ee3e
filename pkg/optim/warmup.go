package optim

import "fmt"

// Warmup rises in a line from From to the first rate of Then over Steps steps, then follows Then, whose
// steps count from its own beginning. See Goyal et al. 2017, arXiv:1706.02677.
type Warmup struct {
	Steps int      // positive
	From  float64  // the rate at step 0
	Then  Schedule // required
}

// At returns the rate of a step.
func (w Warmup) At(step int) float64 {
	if step >= w.Steps {
		return w.Then.At(step - w.Steps)
	}
	return linear(w.From, w.Then.At(0), float64(step)/float64(w.Steps))
}

// Validate refuses Steps that aren't positive, a From that is negative or not finite, and a Then that is
// missing or wrong itself.
func (w Warmup) Validate() error {
	if err := validateSteps("Warmup", w.Steps); err != nil {
		return err
	}
	if w.Then == nil {
		return fmt.Errorf("Warmup.Then is nil: there is no rate to warm up to")
	}
	if err := validateRates("Warmup", setting{"From", w.From}); err != nil {
		return err
	}
	return validate(w.Then)
}
