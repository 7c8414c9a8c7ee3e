package callback

import (
	"fmt"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

// LearningRateSchedule sets the learning rate of each epoch, counted from 0 within the Fit, given the rate
// of the epoch before; for the first one that is the optimizer's. Keras: LearningRateScheduler. For a
// rate that changes with every step give the optimizer a schedule instead.
//
// A rate that is negative, NaN or infinite is an error.
type LearningRateSchedule func(epoch int, rate float64) float64

// ByEpoch makes a callback of a schedule whose steps are epochs.
func ByEpoch(s optim.Schedule) LearningRateSchedule {
	return func(epoch int, _ float64) float64 { return s.At(epoch) }
}

// Begin implements [fit.Beginner].
func (s LearningRateSchedule) Begin(r *fit.Run) error { return s.set(r) }

// EpochEnd implements [fit.EpochEnder].
func (s LearningRateSchedule) EpochEnd(r *fit.Run) error {
	if r.Epoch == r.Epochs {
		return nil
	}
	return s.set(r)
}

func (s LearningRateSchedule) set(r *fit.Run) error {
	rate := s(r.Epoch, r.LearningRate())
	if !(rate >= 0) {
		return fmt.Errorf("the schedule's learning rate for epoch %d is %g: must be zero or positive", r.Epoch, rate)
	}
	r.SetLearningRate(rate)
	return nil
}
