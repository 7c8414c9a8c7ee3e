package optim

import (
	"errors"
	"fmt"
)

// PerEpoch follows a schedule whose unit is the epoch and not the step, as PyTorch's schedulers do where scheduler.step() stands
// at the end of an epoch.
type PerEpoch struct {
	Steps int      // of an epoch; positive
	Of    Schedule // required
	First int      // epochs that were over before; 0: none
}

// At returns the rate of a step, which is that of its epoch.
func (p PerEpoch) At(step int) float64 { return p.Of.At(p.First + step/p.Steps) }

// Validate refuses Steps that aren't positive, a negative First, and a schedule that is missing or wrong itself.
func (p PerEpoch) Validate() error {
	if err := validateSteps("PerEpoch", p.Steps); err != nil {
		return err
	}
	if p.First < 0 {
		return fmt.Errorf("PerEpoch.First is %d: must not be negative", p.First)
	}
	if p.Of == nil {
		return errors.New("PerEpoch.Of is nil: there is no rate to follow")
	}
	return validate(p.Of)
}

func (p PerEpoch) torchRate(step string) (string, error) {
	if p.Steps > 1 {
		step = fmt.Sprintf("(%s // %d)", step, p.Steps)
	}
	if p.First > 0 {
		step = fmt.Sprintf("(%s + %d)", step, p.First)
	}
	return torchRate(p.Of, step)
}
