package keras

import (
	"example.com/unstuck/pkg/optim"
)

// optimizer reads compile_config.optimizer; ok is false where it couldn't, which is reported.
func (o *object) optimizer(key string) (result optim.Optimizer, ok bool) {
	s, ok := o.serialized(key)
	if !ok {
		return result, false
	}
	c := s.settings(o.at(key), o.report)
	before := len(o.problems)
	if result, ok = rule(s.class, c); !ok {
		o.problem(key, "the optimizer %s is not supported", s.class)
		return result, false
	}
	c.learningRate(&result)
	c.clips(&result)
	result.WeightDecay = c.number("weight_decay", 0)
	c.notNegative("weight_decay", result.WeightDecay)
	c.only("use_ema", false)
	c.only("loss_scale_factor", 1)
	c.only("gradient_accumulation_steps", 1)
	c.only("decay", 0) // Keras 2
	c.ignore("name", "ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer")
	c.done()
	if len(o.problems) > before {
		return result, false
	}
	if err := result.Validate(); err != nil {
		o.problem(key, "%v", err)
		return result, false
	}
	return result, true
}

// rule reads the settings that an optimizer's class has of its own; its rate is Keras' default.
func rule(class string, c *object) (o optim.Optimizer, ok bool) {
	switch class {
	case "SGD", "sgd":
		o = optim.SGD(0.01)
		o.Rule = optim.SGDRule{Momentum: c.number("momentum", 0), Nesterov: c.flag("nesterov", false)}
	case "Adam", "adam":
		o = optim.Adam(1e-3)
		o.Rule = adamRule(c)
	case "AdamW", "adamw":
		o = optim.AdamW(1e-3)
		o.Rule = adamRule(c)
	case "RMSprop", "rmsprop":
		o = optim.RMSprop(1e-3)
		o.Rule = optim.RMSpropRule{
			Rho: c.number("rho", 0.9), Momentum: c.number("momentum", 0),
			Epsilon: c.number("epsilon", 1e-7), Centered: c.flag("centered", false),
		}
	case "Adagrad", "adagrad":
		o = optim.Adagrad(1e-3)
		o.Rule = optim.AdagradRule{
			InitialAccumulator: c.number("initial_accumulator_value", 0.1), Epsilon: c.number("epsilon", 1e-7),
		}
	case "Adadelta", "adadelta":
		o = optim.Adadelta(1e-3)
		o.Rule = optim.AdadeltaRule{Rho: c.number("rho", 0.95), Epsilon: c.number("epsilon", 1e-7)}
	case "Adamax", "adamax":
		o = optim.Adamax(1e-3)
		o.Rule = optim.AdamaxRule{Beta1: c.number("beta_1", 0.9), Beta2: c.number("beta_2", 0.999), Epsilon: c.number("epsilon", 1e-7)}
	case "Nadam", "nadam":
		o = optim.Nadam(1e-3)
		o.Rule = optim.NadamRule{Beta1: c.number("beta_1", 0.9), Beta2: c.number("beta_2", 0.999), Epsilon: c.number("epsilon", 1e-7)}
	case "Lion", "lion":
		o = optim.Lion(1e-3)
		o.Rule = optim.LionRule{Beta1: c.number("beta_1", 0.9), Beta2: c.number("beta_2", 0.99)}
	default:
		return o, false
	}
	return o, true
}

func adamRule(c *object) optim.AdamRule {
	return optim.AdamRule{
		Beta1: c.number("beta_1", 0.9), Beta2: c.number("beta_2", 0.999),
		Epsilon: c.number("epsilon", 1e-7), AMSGrad: c.flag("amsgrad", false),
	}
}

// clips adds the one clip that an optimizer of Keras may have. As there, 0 is none.
func (o *object) clips(result *optim.Optimizer) {
	norm, globalNorm, value := o.number("clipnorm", 0), o.number("global_clipnorm", 0), o.number("clipvalue", 0)
	if norm > 0 {
		*result = result.With(optim.ClipByNorm{Max: norm})
	}
	if globalNorm > 0 {
		*result = result.With(optim.ClipByGlobalNorm{Max: globalNorm})
	}
	if value > 0 {
		*result = result.With(optim.ClipByValue{Max: value})
	}
	if len(result.Transforms) > 1 {
		o.problem("clipnorm", "at most one of clipnorm, global_clipnorm and clipvalue may be set")
	}
}

// learningRate reads a number or a schedule.
func (o *object) learningRate(result *optim.Optimizer) {
	const key = "learning_rate"
	if _, isNumber := numberOf(o.fields[key]); isNumber || !o.has(key) {
		result.LearningRate = o.number(key, result.LearningRate)
		return
	}
	s, ok := o.serialized(key)
	if !ok {
		return
	}
	settings := s.settings(o.at(key), o.report)
	settings.ignore("name")
	schedule := settings.schedule(s.class)
	if schedule == nil {
		o.problem(key, "the learning-rate schedule %s is not supported", s.class)
		return
	}
	settings.done()
	if v, ok := schedule.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			o.problem(key, "%v", err)
			return
		}
	}
	*result = result.WithSchedule(schedule)
}
