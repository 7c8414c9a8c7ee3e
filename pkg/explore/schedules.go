package explore

import (
	"errors"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Schedules tries shapes of the learning rate over the whole training, for a training whose optimizer has a
// constant one, or in a space with [LearningRates]. That rate is the first one, and the highest:
//
//   - constant;
//   - cosine: falls along half a cosine, to 0;
//   - one-cycle: rises to the rate in the first 30 % of the steps, and falls along a cosine, see [optim.OneCycle];
//   - exponential: falls by the same factor each step, to a hundredth;
//   - plateau: falls to a tenth when the monitored loss has not improved for a tenth of the epochs, at
//     least 2, see [callback.ReduceLROnPlateau].
//
// A training whose optimizer has a schedule already is an error of each trial.
func Schedules() Axis {
	shaped := func(label string, shape func(rate float64, steps int) optim.Schedule) Value {
		return Value{Label: label, Apply: func(t training.Training) (training.Training, error) {
			if t.Optimizer.Schedule != nil {
				return t, errors.New("the training's optimizer has a schedule already: give it a constant rate")
			}
			if s := shape(t.Optimizer.LearningRate, t.Updates()); s != nil {
				t.Optimizer = t.Optimizer.WithSchedule(s)
			}
			return t, nil
		}}
	}
	constant := shaped("constant", func(float64, int) optim.Schedule { return nil })
	return Axis{Name: "schedule", Stage: scheduleStage, Values: []Value{
		constant,
		shaped("cosine", func(rate float64, steps int) optim.Schedule { return optim.Cosine{Initial: rate, Steps: steps} }),
		shaped("one-cycle", func(rate float64, steps int) optim.Schedule { return optim.OneCycle{Max: rate, Steps: steps} }),
		shaped("exponential", func(rate float64, steps int) optim.Schedule {
			return optim.Exponential{Initial: rate, Steps: steps, Decay: 0.01}
		}),
		{Label: "plateau", Apply: constant.Apply, Callbacks: func(t training.Training) []fit.Callback {
			return []fit.Callback{&callback.ReduceLROnPlateau{Patience: max(2, t.Epochs/10)}}
		}},
	}}
}
