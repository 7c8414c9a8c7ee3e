package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"

	"example.com/unstuck/pkg/dataset"
)

// Callback is told how a training goes: it implements one or more of [Beginner], [EpochEnder], [Ticker]
// and [Ender].
type Callback any

// Beginner is called once, before the first step.
type Beginner interface{ Begin(*Run) error }

// EpochEnder is called after each epoch, its History entry in place.
type EpochEnder interface{ EpochEnd(*Run) error }

// Ticker is called a few times a second while steps go by; it must be quick.
type Ticker interface{ Tick(*Run) error }

// Ender is called once, after the last step, also when the training was stopped or cancelled. The model may still be at
// work then, see [Model.Fit]: whoever asks it for its weights waits.
type Ender interface{ End(*Run) error }

// OnEpochEnd makes a callback of a function.
type OnEpochEnd func(*Run) error

// EpochEnd calls f.
func (f OnEpochEnd) EpochEnd(r *Run) error { return f(r) }

// Stop ends the training in peace when a callback returns it, alone or wrapped with the reason: Fit
// returns the History so far, with the reason in History.Stopped, and no error.
var Stop = errors.New("training stopped") //lint:ignore ST1012 a wanted outcome, as fs.SkipAll is

// Run is a callback's view of the training.
type Run struct {
	Model   *Model
	History *History // so far; to be read only
	Epoch   int      // epochs done in this Fit
	Epochs  int      // epochs asked for
	Step    int      // steps done in the epoch at hand
	Steps   int      // steps of an epoch

	ctx       context.Context
	training  *trainer
	validated bool // there is validation data
}

// Context is that of the Fit.
func (r *Run) Context() context.Context { return r.ctx }

// Validated tells whether there is validation data.
func (r *Run) Validated() bool { return r.validated }

// SetWeights gives the model all weights, see [Model.SetWeights]. In End of a cancelled training, where a step may still be under
// way, they are set when it has ended, and nobody is told of an error: weights that the model itself had always fit.
func (r *Run) SetWeights(values []dataset.Array) error {
	if m := r.Model; m.busy != nil {
		m.afterwards(func() { _ = m.setWeights(values) })
		return nil
	}
	return r.Model.SetWeights(values)
}

// LastLoss is the loss of the last step; NaN before the first.
func (r *Run) LastLoss() float64 {
	if n := len(r.History.Steps); n > 0 {
		return float64(r.History.Steps[n-1])
	}
	return nan
}

// LearningRate is that of the next step.
func (r *Run) LearningRate() float64 {
	if r.training.left {
		return r.training.learningRate(r.training.begun) // the model's own count is at work
	}
	return r.training.learningRate(r.Model.steps)
}

// SetLearningRate changes the learning rate from the next step on, in place of the optimizer's own rate
// or schedule; NaN gives it back to them. A negative or infinite rate ends the training with an error.
func (r *Run) SetLearningRate(rate float64) { r.training.rate = rate }

// checkCallbacks refuses callbacks that would never be called.
func checkCallbacks(callbacks []Callback) error {
	for i, c := range callbacks {
		switch c.(type) {
		case nil:
			return fmt.Errorf("callback %d is nil", i)
		case Beginner, EpochEnder, Ticker, Ender:
			if v := reflect.ValueOf(c); (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
				return fmt.Errorf("callback %d (%T) is nil", i, c)
			}
		default:
			return fmt.Errorf("callback %d (%T) has none of the methods Begin, EpochEnd, Tick and End: if they belong to its pointer, give &%T{…}", i, c, c)
		}
	}
	return nil
}

// tell calls f for every callback that has the ability T: for all of them, whatever one returns, so that
// their order does not matter. Of several errors one that isn't [Stop] is returned, else the first.
func tell[T any](t *trainer, f func(T) error) error {
	var first error
	for _, c := range t.config.Callbacks {
		if able, ok := c.(T); ok {
			if err := f(able); err != nil && (first == nil || errors.Is(first, Stop) && !errors.Is(err, Stop)) {
				first = err
			}
		}
	}
	if rate := t.rate; first == nil && (rate < 0 || math.IsInf(rate, 0)) {
		return fmt.Errorf("a callback set the learning rate %g: must be zero or positive, and finite", rate)
	}
	return first
}

// anyOf tells whether some callback has the ability T.
func anyOf[T any](callbacks []Callback) bool {
	for _, c := range callbacks {
		if _, ok := c.(T); ok {
			return true
		}
	}
	return false
}
