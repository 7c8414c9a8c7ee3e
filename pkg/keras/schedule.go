package keras

import (
	"math"

	"example.com/unstuck/pkg/optim"
)

// schedule reads the settings of a learning-rate schedule, nil for an unknown class.
func (o *object) schedule(class string) optim.Schedule {
	const rate = "initial_learning_rate"
	switch class {
	case "ExponentialDecay":
		return optim.Exponential{
			Initial: o.number(rate, 0), Steps: o.steps("decay_steps"),
			Decay: o.number("decay_rate", 1), Staircase: o.flag("staircase", false),
		}
	case "InverseTimeDecay":
		return optim.InverseTime{
			Initial: o.number(rate, 0), Steps: o.steps("decay_steps"),
			Decay: o.number("decay_rate", 0), Staircase: o.flag("staircase", false),
		}
	case "PolynomialDecay":
		return optim.Polynomial{
			Initial: o.number(rate, 0), End: o.number("end_learning_rate", 1e-4), Steps: o.steps("decay_steps"),
			Power: o.positive("power", 1), Cycle: o.flag("cycle", false),
		}
	case "PiecewiseConstantDecay":
		return o.piecewise()
	case "CosineDecay":
		s := optim.Cosine{Initial: o.number(rate, 0), Steps: o.steps("decay_steps"), Alpha: o.number("alpha", 0)}
		warmup := o.whole("warmup_steps", 0, 0, math.MaxInt32)
		if o.has("warmup_target") { // without it Keras doesn't warm up
			s.WarmupSteps, s.WarmupTarget = warmup, o.number("warmup_target", 0)
		}
		o.ignore("warmup_target")
		return s
	case "CosineDecayRestarts":
		return optim.CosineRestarts{
			Initial: o.number(rate, 0), Steps: o.steps("first_decay_steps"),
			Growth: o.positive("t_mul", 2), Decay: o.positive("m_mul", 1), Alpha: o.number("alpha", 0),
		}
	}
	return nil
}

func (o *object) steps(key string) int {
	if !o.has(key) {
		o.problem(key, "is missing")
	}
	return o.whole(key, 1, 1, math.MaxInt32)
}

func (o *object) piecewise() optim.Schedule {
	var p optim.Piecewise
	for _, v := range o.list("boundaries") {
		x, ok := numberOf(v)
		if !ok || x != math.Trunc(x) || math.Abs(x) > math.MaxInt32 {
			o.problem("boundaries", "%s is not a list of steps", show(o.get("boundaries")))
			break
		}
		p.Boundaries = append(p.Boundaries, int(x))
	}
	for _, v := range o.list("values") {
		x, ok := numberOf(v)
		if !ok {
			o.problem("values", "%s is not a list of rates", show(o.get("values")))
			break
		}
		p.Rates = append(p.Rates, x)
	}
	return p
}
