package optim

import "fmt"

// Join follows one schedule after the other: Schedules[0] before step Boundaries[0], Schedules[1] from there
// to before Boundaries[1], and so on. Each counts its steps from its own beginning.
type Join struct {
	Schedules  []Schedule // one more than Boundaries
	Boundaries []int      // first step of each schedule but the first; positive, strictly increasing
}

// At returns the rate of a step.
func (j Join) At(step int) float64 {
	begin, current := 0, 0
	for i, b := range j.Boundaries {
		if step >= b {
			begin, current = b, i+1
		}
	}
	return j.Schedules[current].At(step - begin)
}

// Validate refuses numbers of schedules and boundaries that don't fit, boundaries out of order, and schedules
// that are missing or wrong themselves.
func (j Join) Validate() error {
	if len(j.Schedules) != len(j.Boundaries)+1 {
		return fmt.Errorf("Join has %d schedules for %d boundaries: there must be one more", len(j.Schedules), len(j.Boundaries))
	}
	if err := validateBoundaries("Join", j.Boundaries); err != nil {
		return err
	}
	if len(j.Boundaries) > 0 && j.Boundaries[0] <= 0 {
		return fmt.Errorf("Join.Boundaries begin at %d: the first schedule would have no step", j.Boundaries[0])
	}
	for i, s := range j.Schedules {
		if s == nil {
			return fmt.Errorf("Join.Schedules[%d] is nil", i)
		}
		if err := validate(s); err != nil {
			return fmt.Errorf("Join.Schedules[%d]: %w", i, err)
		}
	}
	return nil
}
