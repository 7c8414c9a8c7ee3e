package keras

import (
	"math"

	"example.com/unstuck/pkg/optim"
)

// schedule reads the settings of a learning-rate schedule, nil for an unknown class.
func (o *object) schedule(class string) optim.Schedule {
	const rate = "initial_learning_rate"
	key := "decay_steps"
	if class == "CosineDecayRestarts" {
		key = "first_decay_steps"
	}
	var steps int
	var fraction float64
	if c := constructorOf(schedulesKind, class); c != nil && class != "PiecewiseConstantDecay" {
		steps, fraction = o.steps(key)
	}
	switch class {
	case "ExponentialDecay":
		return optim.Exponential{
			Initial: o.number(rate), Steps: steps, Fraction: fraction,
			Decay: o.number("decay_rate"), Staircase: o.flag("staircase"),
		}
	case "InverseTimeDecay":
		return optim.InverseTime{
			Initial: o.number(rate), Steps: steps, Fraction: fraction,
			Decay: o.number("decay_rate"), Staircase: o.flag("staircase"),
		}
	case "PolynomialDecay":
		if o.number("power") == 0 { // anything to the power of 0 is 1, at the end as well
			o.ignore("end_learning_rate", "cycle")
			return optim.ConstantRate{Rate: o.number(rate)}
		}
		return optim.Polynomial{
			Initial: o.number(rate), End: o.number("end_learning_rate"), Steps: steps, Fraction: fraction,
			Power: o.positive("power"), Cycle: o.flag("cycle"),
		}
	case "PiecewiseConstantDecay":
		return o.piecewise()
	case "CosineDecay":
		s := optim.Cosine{Initial: o.number(rate), Steps: steps, Fraction: fraction, Alpha: o.number("alpha")}
		warmup := o.number("warmup_steps")
		if warmup < 0 || warmup > math.MaxInt32 {
			o.problem("warmup_steps", "%g must be from 0 to %d", warmup, math.MaxInt32)
			warmup = 0
		}
		if o.has("warmup_target") { // without it Keras doesn't warm up
			s.WarmupSteps, s.WarmupFraction, s.WarmupTarget = int(warmup), warmup-math.Floor(warmup), o.number("warmup_target")
			if warmup == 0 { // and falls from the target at once
				s.Initial, s.WarmupTarget = s.WarmupTarget, 0
			}
		}
		return s
	case "CosineDecayRestarts":
		return optim.CosineRestarts{
			Initial: o.number(rate), Steps: steps, Fraction: fraction,
			Growth: o.positive("t_mul"), Decay: orTiny(o.number("m_mul")), Alpha: o.number("alpha"),
		}
	}
	return nil
}

// steps is a length in steps, which need not be whole.
func (o *object) steps(key string) (whole int, fraction float64) {
	x := o.positive(key)
	if x > math.MaxInt32 {
		o.problem(key, "%g is more than %d", x, math.MaxInt32)
		return 1, 0
	}
	return int(x), x - math.Floor(x)
}

func (o *object) piecewise() optim.Schedule {
	var p optim.Piecewise
	for _, v := range o.list("boundaries") {
		x, ok := numberOf(v)
		if !ok || !(math.Abs(x) <= math.MaxInt32) {
			o.problem("boundaries", "%s is not a list of steps", show(o.get("boundaries")))
			break
		}
		p.Boundaries = append(p.Boundaries, int(math.Floor(x))) // steps are whole: those up to 2.5 are those up to 2
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
