package explore

import (
	"errors"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/optim"
)

// Schedules tries shapes of the learning rate over the whole training, for a plan whose optimizer has a constant
// one, or in a space with [LearningRates]. That rate is the first one, and the highest:
//
//   - constant;
//   - cosine: falls along half a cosine, to 0;
//   - one-cycle: rises to the rate in the first 30 % of the steps, and falls along a cosine, see [optim.OneCycle];
//   - exponential: falls by the same factor each step, to a hundredth;
//   - plateau: falls to a tenth when the monitored loss has not improved for a tenth of the epochs, at
//     least 2, see [callback.ReduceLROnPlateau].
//
// A plan whose optimizer has a schedule already is an error of each trial.
func Schedules() Axis {
	shaped := func(label string, shape func(rate float64, steps int) optim.Schedule) Value {
		return Value{Label: label, Apply: func(p Plan) (Plan, error) {
			if p.Optimizer.Schedule != nil {
				return p, errors.New("the plan's optimizer has a schedule already: give it a constant rate")
			}
			if s := shape(p.Optimizer.LearningRate, p.Steps()); s != nil {
				p.Optimizer = p.Optimizer.WithSchedule(s)
			}
			return p, nil
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
		{Label: "plateau", Apply: func(p Plan) (Plan, error) {
			patience := max(2, p.epochs()/10)
			p, err := constant.Apply(p)
			if err != nil {
				return p, err
			}
			return WithCallback("plateau", func() fit.Callback {
				return &callback.ReduceLROnPlateau{Patience: patience}
			}).Apply(p)
		}},
	}}
}
