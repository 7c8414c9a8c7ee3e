package keras

import (
	"math"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/optim"
)

// optimizer reads compile_config.optimizer; ok is false where it couldn't read all of it, which is reported. The result has
// a rule where that and the learning rate are known.
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
	if s.class == "LossScaleOptimizer" {
		result, ok = c.lossScale()
	} else if result, ok = c.ruled(s.class); !ok {
		o.problem(key, "the optimizer %s is not supported", s.class)
	}
	if !ok {
		return result, false
	}
	c.text("name")
	c.done()
	if len(o.problems) > before || o.full() {
		if result.Validate() != nil {
			result = optim.Optimizer{}
		}
		return result, false
	}
	if err := result.Validate(); err != nil {
		o.problem(key, "%v", err)
		return optim.Optimizer{}, false
	}
	return result, true
}

// ruled reads the settings of an optimizer by its class; ok is false for one that isn't here.
func (o *object) ruled(class string) (result optim.Optimizer, ok bool) {
	described, ok := optim.RuleClass(class)
	if !ok {
		return result, false
	}
	before := len(o.problems)
	o.oldOptimizer(class)
	result.Rule, _ = described.Read(source{o}).(optim.Rule)
	o.learningRate(&result)
	o.decay(&result)
	if len(o.problems) > before || o.full() {
		result = optim.Optimizer{}
	}
	o.clips(&result)
	result.WeightDecay = o.number("weight_decay")
	o.notNegative("weight_decay", result.WeightDecay)
	o.averages(&result)
	if o.has("gradient_accumulation_steps") {
		if result.Accumulate = o.whole("gradient_accumulation_steps", 0, math.MaxInt32); result.Accumulate == 1 {
			o.problem("gradient_accumulation_steps", "1 is not supported: Keras takes 2 or more")
		}
	}
	o.lossScaleFactor()
	o.ignore("jit_compile", "is_legacy_optimizer")
	return result, true
}

// decay is the schedule that optimizers had for a setting before Keras 2.11.
func (o *object) decay(result *optim.Optimizer) {
	if !o.keras2 || !o.isOldOptimizer(o.fields) || result.Schedule != nil {
		o.only("decay", 0)
		return
	}
	rate := o.number("decay")
	o.notNegative("decay", rate)
	if rate > 0 {
		*result = result.WithSchedule(optim.InverseTime{Initial: result.LearningRate, Steps: 1, Decay: rate})
	}
}

// averages reads the moving averages of the weights.
func (o *object) averages(result *optim.Optimizer) {
	if !o.flag("use_ema") {
		o.ignore("ema_momentum", "ema_overwrite_frequency")
		return
	}
	result.EMAMomentum = o.number("ema_momentum")
	if o.has("ema_overwrite_frequency") {
		result.EMAOverwrite = o.whole("ema_overwrite_frequency", 1, math.MaxInt32)
	}
}

// lossScaleFactor multiplies the loss and divides the gradients, which in float32 changes nothing but at the ends of its
// range.
func (o *object) lossScaleFactor() {
	const key, most = "loss_scale_factor", 1e15
	if x := math.Abs(o.number(key)); o.has(key) && (x < 1/most || x > most) {
		o.problem(key, "%g is not supported (only from %g to %g)", x, 1/most, most)
	}
}

// lossScale reads the optimizer around another that skips steps.
func (o *object) lossScale() (result optim.Optimizer, ok bool) {
	scale := optim.LossScale{Initial: o.positive("initial_scale"), Growth: o.whole("dynamic_growth_steps", 1, math.MaxInt32)}
	o.ignoreBase()
	if result, ok = o.optimizer("inner_optimizer"); result.Rule == nil {
		return result, false
	}
	if result.Accumulate > 1 {
		o.problem("inner_optimizer", "gradient accumulation within a LossScaleOptimizer is not supported")
	}
	result.Transforms = append([]optim.Transform{scale}, result.Transforms...)
	return result, ok
}

// ignoreBase refuses what a LossScaleOptimizer leaves to the optimizer inside.
func (o *object) ignoreBase() {
	for _, key := range []string{"weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"} {
		o.only(key)
	}
	o.only("use_ema", false)
	o.ignore("ema_momentum", "learning_rate")
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

// shortest is the number with fewest digits that is the same float32, where x is one: Keras keeps the rate as such, and writes
// 0.001 as 0.0010000000474974513.
func shortest(x float64) float64 {
	if float64(float32(x)) != x {
		return x
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', -1, 32), 64)
	if err != nil {
		return x
	}
	return short
}

// learningRate reads a number or a schedule.
func (o *object) learningRate(result *optim.Optimizer) {
	const key = "learning_rate"
	if _, isNumber := numberOf(o.get(key)); isNumber || !o.has(key) {
		source{o}.Pointed(key)
		result.LearningRate = shortest(o.number(key))
		return
	}
	s, ok := o.serialized(key, schedulesKind)
	if !ok {
		return
	}
	settings := s.settings(o.at(key), schedulesKind, o.report)
	settings.text("name")
	class, ok := optim.ScheduleClass(s.class)
	if !ok {
		o.problem(key, "the learning-rate schedule %s is not supported", s.class)
		return
	}
	before := len(o.problems)
	schedule, _ := class.Read(source{settings}).(optim.Schedule)
	settings.done()
	if len(o.problems) > before {
		return
	}
	if v, ok := schedule.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			o.problem(key, "%v", err)
			return
		}
	}
	*result = result.WithSchedule(schedule)
}
