package torch

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// scheduler reads the learning rate as a function of the step. Of a scheduler that isn't supported the rate stays as it is, which is
// an assumption.
func (r *reader) scheduler(o *object) {
	s := o.child("scheduler", options{})
	if s == nil {
		return
	}
	before := len(r.problems)
	unit := s.text("every")
	steps := 1
	switch unit {
	case "step":
	case "epoch", "":
		if steps = r.stepsPerEpoch(); steps == 0 {
			s.problem("every", "an epoch has how many steps? Neither the data nor the number of its rows is known")
			steps = 1
		}
	default:
		s.problem("every", "%q is neither epoch nor step", unit)
	}
	base := r.d.Optimizer.LearningRate
	first := s.whole("at", 0, math.MaxInt32)
	r.calls = (max(r.d.Epochs, 0)*max(1, r.stepsPerEpoch()) + steps - 1) / steps
	schedule := r.schedule(s, base)
	if schedule == nil || len(r.problems) > before {
		return
	}
	if steps > 1 || first > 0 {
		schedule = optim.PerEpoch{Steps: steps, Of: schedule, First: first}
	}
	if v, ok := schedule.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			s.problem("options", "%v", err)
			return
		}
	}
	r.d.Optimizer = r.d.Optimizer.WithSchedule(schedule)
}

// schedule reads {"class": …, "options": {…}}: the rate of each of its steps, from a first rate of base. Nil where it couldn't.
func (r *reader) schedule(o *object, base float64) optim.Schedule {
	class := o.text("class")
	if own, ok := strings.CutPrefix(class, "own:"); ok {
		return r.factors(o, own, base)
	}
	described, ofTorch := known().Schedulers[class]
	read, supported := scheduleReaders[class]
	if !supported {
		o.ignore("options")
		if ofTorch {
			r.withoutSchedule(class, base)
		} else {
			o.problem("class", "torch.optim.lr_scheduler has no %q", class)
		}
		return nil
	}
	settings := o.child("options", described)
	if settings == nil {
		settings = r.object(o.at("options"), nil, described)
	}
	o.done()
	schedule := read(r, settings, base)
	settings.ignore("last_epoch", "verbose")
	settings.done()
	return schedule
}

// withoutSchedule notes that the rate stays as it is.
func (r *reader) withoutSchedule(class string, base float64) {
	given := excerpt.Of(class, maxText)
	if why := unsupportedSchedules[class]; why != "" {
		given += ", which " + why
	}
	r.d.AssumeInstead(training.ScheduleSetting, fmt.Sprintf("none, %g throughout,", base), given)
}

// factors reads a scheduler by functions of the user's, which were followed for some steps: what the rate is multiplied by.
func (r *reader) factors(o *object, class string, base float64) optim.Schedule {
	settings := o.child("options", options{})
	if settings != nil && settings.fields["rates"] != nil {
		o.done()
		return r.tabled(settings)
	}
	if class != "LambdaLR" && class != "MultiplicativeLR" || settings == nil || settings.fields["factors"] == nil {
		o.ignore("options")
		r.withoutSchedule(class, base)
		return nil
	}
	o.done()
	all := settings.list("factors")
	settings.done()
	if len(all) != 1 {
		settings.problem("factors", "%d functions, one for each group, are not supported: give one for all", len(all))
		return nil
	}
	list, _ := all[0].([]any)
	var t optim.RateTable
	rate := base
	for i, v := range list {
		factor, ok := numberOf(v)
		if !ok || !(factor >= 0) || math.IsInf(factor, 0) {
			settings.problem("factors", "%s is no factor of a rate", show(v))
			return nil
		}
		switch {
		case class == "LambdaLR":
			rate = base * factor
		case i > 0: // the first rate isn't multiplied
			rate *= factor
		}
		t.Rates = append(t.Rates, rate)
	}
	if len(t.Rates) == 0 {
		settings.problem("factors", "is empty")
		return nil
	}
	return t
}

var unsupportedSchedules = map[string]string{
	"ReduceLROnPlateau": "follows the losses of a training",
	"LambdaLR":          "is a function of your own",
	"MultiplicativeLR":  "is a function of your own",
}

// scheduleReaders read the options of a class.
var scheduleReaders map[string]func(r *reader, o *object, base float64) optim.Schedule

func init() { // for SequentialLR, which reads others
	scheduleReaders = map[string]func(r *reader, o *object, base float64) optim.Schedule{
		"StepLR": func(r *reader, o *object, base float64) optim.Schedule {
			return optim.Exponential{Initial: base, Steps: o.whole("step_size", 1, math.MaxInt32), Decay: o.within("gamma", 0, math.Inf(1)), Staircase: true}
		},
		"MultiStepLR": multiStep,
		"ExponentialLR": func(r *reader, o *object, base float64) optim.Schedule {
			return optim.Exponential{Initial: base, Steps: 1, Decay: o.within("gamma", 0, math.Inf(1))}
		},
		"CosineAnnealingLR": func(r *reader, o *object, base float64) optim.Schedule {
			return optim.CosineAnnealing{Initial: base, Last: r.lowest(o, "eta_min"), Steps: o.whole("T_max", 1, math.MaxInt32)}
		},
		"CosineAnnealingWarmRestarts": func(r *reader, o *object, base float64) optim.Schedule {
			c := optim.CosineRestarts{Initial: base, Steps: o.whole("T_0", 1, math.MaxInt32), Growth: float64(o.whole("T_mult", 1, math.MaxInt32))}
			if last := r.lowest(o, "eta_min"); last > 0 && base > 0 {
				c.Alpha = last / base
			}
			return c
		},
		"LinearLR": func(r *reader, o *object, base float64) optim.Schedule {
			return optim.Polynomial{Initial: base * o.within("start_factor", 0, 1), End: base * o.within("end_factor", 0, 1),
				Steps: o.whole("total_iters", 1, math.MaxInt32)}
		},
		"ConstantLR": func(r *reader, o *object, base float64) optim.Schedule {
			return optim.Piecewise{Boundaries: []int{o.whole("total_iters", 1, math.MaxInt32) - 1}, Rates: []float64{base * o.within("factor", 0, 1), base}}
		},
		"PolynomialLR": func(r *reader, o *object, base float64) optim.Schedule {
			p := optim.Polynomial{Initial: base, Steps: o.whole("total_iters", 1, math.MaxInt32), Power: o.within("power", 0, math.Inf(1))}
			if p.Power == 0 { // anything to the power of 0 is 1
				return optim.ConstantRate{Rate: base}
			}
			return p
		},
		"OneCycleLR":       oneCycle,
		"SequentialLR":     sequential,
		"CyclicLR":         cyclic,
		"ChainedScheduler": chained,
	}
}

// lowest is a rate that isn't a fraction of the first one: with groups of several rates each would have another schedule.
func (r *reader) lowest(o *object, key string) float64 {
	x := o.within(key, 0, math.Inf(1))
	if x > 0 && r.severalRates() {
		o.problem(key, "%g for groups with different rates is not supported: give 0", x)
	}
	return x
}

func (r *reader) severalRates() bool {
	return slices.ContainsFunc(r.d.Optimizer.Groups, func(g optim.Group) bool { return g.RateFactor != 0 && g.RateFactor != 1 })
}

func multiStep(_ *reader, o *object, base float64) optim.Schedule {
	gamma := o.within("gamma", 0, math.Inf(1))
	p := optim.Piecewise{Rates: []float64{base}}
	milestones := make([]int, 0)
	for _, v := range o.list("milestones") {
		m, ok := wholeOf(v)
		if !ok || m < 0 {
			o.problem("milestones", "%s is no step or epoch", show(v))
			return nil
		}
		milestones = append(milestones, m)
	}
	slices.Sort(milestones)
	for _, m := range milestones {
		if n := len(p.Boundaries); n > 0 && p.Boundaries[n-1] == m-1 { // twice the same
			p.Rates[n] *= gamma
			continue
		}
		p.Boundaries = append(p.Boundaries, m-1)
		p.Rates = append(p.Rates, p.Rates[len(p.Rates)-1]*gamma)
	}
	return p
}

func oneCycle(r *reader, o *object, _ float64) optim.Schedule {
	high := o.numbers("max_lr")
	for _, x := range high {
		if x != high[0] || x < 0 || r.severalRates() {
			o.problem("max_lr", "%v for groups with different rates, or below 0, is not supported", high)
			return nil
		}
	}
	steps := 0
	if o.has("total_steps") {
		steps = o.whole("total_steps", 2, math.MaxInt32)
		o.ignore("epochs", "steps_per_epoch")
	} else {
		steps = min(o.whole("epochs", 1, math.MaxInt16)*o.whole("steps_per_epoch", 1, math.MaxInt32), math.MaxInt32)
		o.ignore("total_steps")
	}
	anneal := o.text("anneal_strategy")
	if anneal != "cos" && anneal != "linear" {
		o.problem("anneal_strategy", "%q is neither cos nor linear", anneal)
	}
	if o.flag("cycle_momentum") {
		r.d.AssumeInstead(training.ScheduleSetting, "of the rate alone", "OneCycleLR with cycle_momentum=True, which moves the momentum, too")
	}
	o.ignore("base_momentum", "max_momentum")
	if len(high) == 0 {
		return nil
	}
	return optim.OneCycle{Max: high[0], Steps: steps, Rise: o.within("pct_start", 0, 1), Divisor: o.positive("div_factor"),
		FinalDivisor: o.positive("final_div_factor"), Linear: anneal == "linear", ThreePhases: o.flag("three_phase")}
}

func sequential(r *reader, o *object, base float64) optim.Schedule {
	var j optim.Join
	for i, v := range o.list("schedulers") {
		path := fmt.Sprintf("%s[%d]", o.at("schedulers"), i)
		fields, ok := v.(map[string]any)
		if !ok {
			r.add(path, "%s is not an object", show(v))
			return nil
		}
		if fields["class"] == "SequentialLR" {
			r.add(path, "a SequentialLR in another is not supported")
			return nil
		}
		inner := r.object(path, fields, options{})
		inner.ignore("every")
		s := r.schedule(inner, base)
		if s == nil {
			return nil
		}
		j.Schedules = append(j.Schedules, s)
	}
	for _, v := range o.list("milestones") {
		m, ok := wholeOf(v)
		if !ok {
			o.problem("milestones", "%s is no step or epoch", show(v))
			return nil
		}
		j.Boundaries = append(j.Boundaries, m)
	}
	return j
}
