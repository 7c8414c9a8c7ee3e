package keras

import (
	"math"

	"example.com/unstuck/pkg/optim"
)

// schedule reads the settings of a learning-rate schedule, nil for an unknown class.
func (c *object) schedule(class string) optim.Schedule {
	const rate = "initial_learning_rate"
	switch class {
	case "ExponentialDecay":
		return optim.Exponential{
			Initial: c.number(rate, 0), Steps: c.steps("decay_steps"),
			Decay: c.number("decay_rate", 1), Staircase: c.flag("staircase", false),
		}
	case "InverseTimeDecay":
		return optim.InverseTime{
			Initial: c.number(rate, 0), Steps: c.steps("decay_steps"),
			Decay: c.number("decay_rate", 0), Staircase: c.flag("staircase", false),
		}
	case "PolynomialDecay":
		return optim.Polynomial{
			Initial: c.number(rate, 0), End: c.number("end_learning_rate", 1e-4), Steps: c.steps("decay_steps"),
			Power: c.positive("power", 1), Cycle: c.flag("cycle", false),
		}
	case "PiecewiseConstantDecay":
		return c.piecewise()
	case "CosineDecay":
		s := optim.Cosine{Initial: c.number(rate, 0), Steps: c.steps("decay_steps"), Alpha: c.number("alpha", 0)}
		warmup := c.whole("warmup_steps", 0, 0, math.MaxInt32)
		if c.has("warmup_target") { // without it Keras doesn't warm up
			s.WarmupSteps, s.WarmupTarget = warmup, c.number("warmup_target", 0)
		}
		c.ignore("warmup_target")
		return s
	case "CosineDecayRestarts":
		return optim.CosineRestarts{
			Initial: c.number(rate, 0), Steps: c.steps("first_decay_steps"),
			Growth: c.positive("t_mul", 2), Decay: c.positive("m_mul", 1), Alpha: c.number("alpha", 0),
		}
	}
	return nil
}

func (c *object) steps(key string) int {
	if !c.has(key) {
		c.problem(key, "is missing")
	}
	return c.whole(key, 1, 1, math.MaxInt32)
}

func (c *object) piecewise() optim.Schedule {
	var p optim.Piecewise
	for _, v := range c.list("boundaries") {
		x, ok := numberOf(v)
		if !ok || x != math.Trunc(x) || math.Abs(x) > math.MaxInt32 {
			c.problem("boundaries", "%s is not a list of steps", show(c.get("boundaries")))
			break
		}
		p.Boundaries = append(p.Boundaries, int(x))
	}
	for _, v := range c.list("values") {
		x, ok := numberOf(v)
		if !ok {
			c.problem("values", "%s is not a list of rates", show(c.get("values")))
			break
		}
		p.Rates = append(p.Rates, x)
	}
	return p
}
