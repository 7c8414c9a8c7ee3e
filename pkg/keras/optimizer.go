package keras

import (
	"strings"

	"example.com/unstuck/pkg/optim"
)

// optimizer reads compile_config.optimizer; ok is false where it couldn't, which is reported.
func (o *object) optimizer(key string) (result optim.Optimizer, ok bool) {
	s, ok := o.serialized(key, optimizersKind)
	if !ok {
		return result, false
	}
	if s.config == nil {
		for class := range known().classes[optimizersKind] {
			if strings.EqualFold(class, s.class) {
				s.class = class
			}
		}
	}
	c := s.settings(o.at(key), optimizersKind, o.report)
	before := len(o.problems)
	if result, ok = rule(s.class, c); !ok {
		o.problem(key, "the optimizer %s is not supported", s.class)
		return result, false
	}
	c.learningRate(&result)
	c.clips(&result)
	result.WeightDecay = c.number("weight_decay")
	c.notNegative("weight_decay", result.WeightDecay)
	c.only("use_ema", false)
	c.only("loss_scale_factor", 1)
	c.only("gradient_accumulation_steps", 1)
	c.only("decay", 0) // Keras 2
	c.text("name")
	c.ignore("ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer")
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
	case "SGD":
		o = optim.SGD(0.01)
		o.Rule = optim.SGDRule{Momentum: c.withPoint("momentum"), Nesterov: c.flag("nesterov")}
	case "Adam":
		o = optim.Adam(1e-3)
		o.Rule = adamRule(c)
	case "AdamW":
		o = optim.AdamW(1e-3)
		o.Rule = adamRule(c)
	case "RMSprop":
		o = optim.RMSprop(1e-3)
		o.Rule = optim.RMSpropRule{
			Rho: c.number("rho"), Momentum: c.number("momentum"),
			Epsilon: c.number("epsilon"), Centered: c.flag("centered"),
		}
	case "Adagrad":
		o = optim.Adagrad(1e-3)
		o.Rule = optim.AdagradRule{
			InitialAccumulator: c.number("initial_accumulator_value"), Epsilon: c.number("epsilon"),
		}
	case "Adadelta":
		o = optim.Adadelta(1e-3)
		o.Rule = optim.AdadeltaRule{Rho: c.number("rho"), Epsilon: c.number("epsilon")}
	case "Adamax":
		o = optim.Adamax(1e-3)
		o.Rule = optim.AdamaxRule{Beta1: c.number("beta_1"), Beta2: c.number("beta_2"), Epsilon: c.number("epsilon")}
	case "Nadam":
		o = optim.Nadam(1e-3)
		o.Rule = optim.NadamRule{Beta1: c.number("beta_1"), Beta2: c.number("beta_2"), Epsilon: c.number("epsilon")}
	case "Lion":
		o = optim.Lion(1e-3)
		o.Rule = optim.LionRule{Beta1: c.number("beta_1"), Beta2: c.number("beta_2")}
	default:
		return o, false
	}
	return o, true
}

func adamRule(c *object) optim.AdamRule {
	return optim.AdamRule{
		Beta1: c.number("beta_1"), Beta2: c.number("beta_2"),
		Epsilon: c.number("epsilon"), AMSGrad: c.flag("amsgrad"),
	}
}

// clips adds the one clip that an optimizer of Keras may have. As there, 0 is none.
func (o *object) clips(result *optim.Optimizer) {
	norm, globalNorm, value := o.number("clipnorm"), o.number("global_clipnorm"), o.number("clipvalue")
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

// withPoint is number where Keras refuses one without a point.
func (o *object) withPoint(key string) float64 {
	if v := o.get(key); v != nil {
		if _, whole := wholeOf(v); whole {
			o.problem(key, "%s has no point: Keras takes 1.0 here, not 1", show(v))
			return 0
		}
	}
	return o.number(key)
}

// learningRate reads a number or a schedule.
func (o *object) learningRate(result *optim.Optimizer) {
	const key = "learning_rate"
	if _, isNumber := numberOf(o.get(key)); isNumber || !o.has(key) {
		result.LearningRate = o.withPoint(key)
		return
	}
	s, ok := o.serialized(key, schedulesKind)
	if !ok {
		return
	}
	settings := s.settings(o.at(key), schedulesKind, o.report)
	settings.text("name")
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
