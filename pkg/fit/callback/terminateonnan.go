package callback

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/fit"
)

// TerminateOnNaN stops a training at the first step whose loss is NaN or infinite, and finds out where
// that began: Keras' callback of that name, which only stops.
//
// The model is left with the weights that the step started from, the last ones that gave a number, and
// the reason is in History.Stopped and in [TerminateOnNaN.Found]. To go back there, the callback keeps a
// copy of all weights and optimizer memory on the host, taken a few times a second.
type TerminateOnNaN struct {
	found  *fit.NonFiniteError
	before fit.Snapshot // the state before the steps not yet looked at
	seen   int          // steps of the History looked at
}

// Found is what ended the last training; nil when all of its losses were finite.
func (c *TerminateOnNaN) Found() *fit.NonFiniteError { return c.found }

// Begin implements [fit.Beginner].
func (c *TerminateOnNaN) Begin(r *fit.Run) (err error) {
	c.found, c.seen = nil, len(r.History.Steps)
	c.before, err = r.Snapshot()
	return err
}

// EpochEnd implements [fit.EpochEnder].
func (c *TerminateOnNaN) EpochEnd(r *fit.Run) error { return c.look(r) }

// Tick implements [fit.Ticker].
func (c *TerminateOnNaN) Tick(r *fit.Run) (err error) {
	if err := c.look(r); err != nil {
		return err
	}
	c.before, err = r.Snapshot()
	return err
}

// look checks the losses of the steps since the last look.
func (c *TerminateOnNaN) look(r *fit.Run) error {
	if c.found != nil {
		return nil // reported already, at the epoch's end
	}
	losses := r.History.Steps
	for ; c.seen < len(losses); c.seen++ {
		if finite(losses[c.seen]) {
			continue
		}
		found, err := r.TraceNonFinite(len(losses)-c.seen, c.before)
		if err != nil {
			return fmt.Errorf("looking for the origin of a loss of %v: %w", losses[c.seen], err)
		}
		c.found = found
		return fmt.Errorf("%w: %w", found, fit.Stop)
	}
	return nil
}

func finite(x float32) bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) }
