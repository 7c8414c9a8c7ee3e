package optim

import (
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
)

// kerasRate is the learning rate as Python: a number or a schedule.
func (o Optimizer) kerasRate() (string, error) {
	c := &pythonCall{module: "optimizers.schedules"}
	switch s := o.Schedule.(type) {
	case nil:
		return codec.PythonFloat(o.LearningRate), nil
	case ConstantRate:
		return codec.PythonFloat(s.Rate), nil
	case Exponential:
		c.decay("ExponentialDecay", s.Initial, s.Steps, s.Fraction)
		c.arguments = append(c.arguments, "decay_rate="+codec.PythonFloat(s.Decay))
		c.flag("staircase", s.Staircase)
	case InverseTime:
		c.decay("InverseTimeDecay", s.Initial, s.Steps, s.Fraction)
		c.arguments = append(c.arguments, "decay_rate="+codec.PythonFloat(s.Decay))
		c.flag("staircase", s.Staircase)
	case Polynomial:
		c.decay("PolynomialDecay", s.Initial, s.Steps, s.Fraction)
		c.number("end_learning_rate", s.End, 1e-4)
		if s.Power != 0 {
			c.number("power", s.Power, 1)
		}
		c.flag("cycle", s.Cycle)
	case Piecewise:
		c.name = "PiecewiseConstantDecay"
		rates := make([]string, len(s.Rates))
		for i, r := range s.Rates {
			rates[i] = codec.PythonFloat(r)
		}
		boundaries := strings.ReplaceAll(fmt.Sprint(s.Boundaries), " ", ", ")
		c.arguments = []string{"boundaries=" + boundaries, "values=[" + strings.Join(rates, ", ") + "]"}
	case Cosine:
		c.decay("CosineDecay", s.Initial, s.Steps, s.Fraction)
		c.number("alpha", s.Alpha, 0)
		if length(s.WarmupSteps, s.WarmupFraction) > 0 {
			c.arguments = append(c.arguments, "warmup_target="+codec.PythonFloat(s.WarmupTarget))
			c.steps("warmup_steps", s.WarmupSteps, s.WarmupFraction)
		}
	case CosineRestarts:
		s = s.defaults()
		c.name = "CosineDecayRestarts"
		c.arguments = append(c.arguments, "initial_learning_rate="+codec.PythonFloat(s.Initial))
		c.steps("first_decay_steps", s.Steps, s.Fraction)
		c.number("t_mul", s.Growth, 2)
		c.number("m_mul", s.Decay, 1)
		c.number("alpha", s.Alpha, 0)
	default:
		return "", fmt.Errorf("%T: Keras has no such schedule", o.Schedule)
	}
	return c.String(), nil
}

// decay begins a call as most of Keras' schedules do.
func (c *pythonCall) decay(name string, initial float64, steps int, fraction float64) {
	c.name = name
	c.arguments = append(c.arguments, "initial_learning_rate="+codec.PythonFloat(initial))
	c.steps("decay_steps", steps, fraction)
}

// steps writes a length that need not be whole.
func (c *pythonCall) steps(name string, steps int, fraction float64) {
	if fraction == 0 {
		c.whole(name, steps)
		return
	}
	c.arguments = append(c.arguments, name+"="+codec.PythonFloat(length(steps, fraction)))
}
