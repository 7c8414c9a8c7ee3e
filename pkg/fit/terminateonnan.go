package fit

import (
	"fmt"
	"math"
	"strings"
)

// TerminateOnNaN stops a training at the first step whose loss is NaN or infinite, and finds out where
// that began: Keras' callback of that name, which only stops.
//
// The model is left with the weights that the step started from, the last ones that gave a number, and
// the reason is in History.Stopped and in [TerminateOnNaN.Found]. To go back there, the callback keeps a
// copy of all weights and optimizer memory on the host, taken a few times a second.
type TerminateOnNaN struct {
	found  *NonFiniteError
	before []any // the state before the steps not yet looked at
	seen   int   // steps of the History looked at
}

// NonFiniteError says where a training went wrong.
type NonFiniteError struct {
	Epoch, Step int     // both counted from 1, the step within the epoch
	Loss        float64 // NaN, +Inf or -Inf
	Layer       string  // whose output, or weight, is the first that isn't finite; empty: none is
	Weight      string  // of that layer, when it came into the step broken, "kernel"
	Rows        []int   // of the training data, in the step's batch, where it shows; counted from 0
	where       string
}

// Error names epoch, step, rows and layer.
func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("the loss became %v at epoch %d, step %d%s: %s", e.Loss, e.Epoch, e.Step, e.rows(), e.where)
}

func (e *NonFiniteError) rows() string {
	const most = 5
	if len(e.Rows) == 0 {
		return ""
	}
	names := make([]string, min(len(e.Rows), most))
	for i := range names {
		names[i] = fmt.Sprint(e.Rows[i])
	}
	text := strings.Join(names, ", ")
	if len(e.Rows) > most {
		text += fmt.Sprintf(" and %d more", len(e.Rows)-most)
	}
	if len(e.Rows) == 1 {
		return " (row " + text + ")"
	}
	return " (rows " + text + ")"
}

// Found is what ended the last training; nil when all of its losses were finite.
func (c *TerminateOnNaN) Found() *NonFiniteError { return c.found }

// Begin implements [Beginner].
func (c *TerminateOnNaN) Begin(r *Run) (err error) {
	c.found, c.seen = nil, len(r.History.Steps)
	r.Model.settle()
	c.before, err = r.Model.state.snapshot()
	return err
}

// EpochEnd implements [EpochEnder].
func (c *TerminateOnNaN) EpochEnd(r *Run) error { return c.look(r) }

// Tick implements [Ticker].
func (c *TerminateOnNaN) Tick(r *Run) (err error) {
	if err := c.look(r); err != nil {
		return err
	}
	r.Model.settle()
	c.before, err = r.Model.state.snapshot()
	return err
}

// look checks the losses of the steps since the last look.
func (c *TerminateOnNaN) look(r *Run) error {
	if c.found != nil {
		return nil // reported already, at the epoch's end
	}
	losses := r.History.Steps
	for ; c.seen < len(losses); c.seen++ {
		if finite(losses[c.seen]) {
			continue
		}
		found, err := r.training.traceNonFinite(len(losses)-c.seen, c.before)
		if err != nil {
			return fmt.Errorf("looking for the origin of a loss of %v: %w", losses[c.seen], err)
		}
		c.found = found
		return fmt.Errorf("%w: %w", found, Stop)
	}
	return nil
}

func finite(x float32) bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) }
