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
}

// At returns the rate of a step, which is that of its epoch.
func (p PerEpoch) At(step int) float64 { return p.Of.At(step / p.Steps) }

// Validate refuses Steps that aren't positive, and a schedule that is missing or wrong itself.
func (p PerEpoch) Validate() error {
	if err := validateSteps("PerEpoch", p.Steps); err != nil {
		return err
	}
	if p.Of == nil {
		return errors.New("PerEpoch.Of is nil: there is no rate to follow")
	}
	return validate(p.Of)
}

func (p PerEpoch) torchRate(step string) (string, error) {
	return torchRate(p.Of, fmt.Sprintf("(%s // %d)", step, p.Steps))
}
