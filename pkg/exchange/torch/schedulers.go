package torch

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// cyclic reads CyclicLR, but for functions of the user's.
func cyclic(r *reader, o *object, _ float64) optim.Schedule {
	one := func(key string) float64 {
		rates := o.numbers(key)
		for _, x := range rates {
			if x != rates[0] || x < 0 || r.severalRates() {
				o.problem(key, "%v for groups with different rates, or below 0, is not supported", rates)
				return 0
			}
		}
		if len(rates) == 0 {
			return 0 // which is reported
		}
		return rates[0]
	}
	c := optim.Cyclic{Low: one("base_lr"), High: one("max_lr"), Up: o.whole("step_size_up", 1, math.MaxInt32)}
	if o.has("step_size_down") {
		c.Down = o.whole("step_size_down", 1, math.MaxInt32)
	}
	gamma := o.within("gamma", 0, math.Inf(1))
	switch mode := o.text("mode"); mode {
	case "triangular":
	case "triangular2":
		c.PerCycle = 0.5
	case "exp_range":
		if c.PerStep = gamma; gamma == 0 {
			o.problem("gamma", "is 0: nothing is left of the cycles behind the first step")
		}
	default:
		o.problem("mode", "%q is none of triangular, triangular2, exp_range", mode)
	}
	o.ignore("step_size_down", "scale_fn", "scale_mode", "base_momentum", "max_momentum")
	if o.flag("cycle_momentum") {
		r.d.AssumeInstead(training.ScheduleSetting, "of the rate alone", "CyclicLR with cycle_momentum=True, which moves the momentum, too")
	}
	return c
}

// multiplying are the schedulers that multiply the rate that they find, so that several act together as their product; the others
// put one in its place, whatever it was.
var multiplying = map[string]bool{
	"StepLR": true, "MultiStepLR": true, "ExponentialLR": true, "ConstantLR": true, "LinearLR": true, "PolynomialLR": true,
	"CosineAnnealingLR": true, "own:MultiplicativeLR": true, "ChainedScheduler": true,
}

func chained(r *reader, o *object, base float64) optim.Schedule {
	p := optim.Product{Initial: base}
	list := o.list("schedulers")
	for i, v := range list {
		path := fmt.Sprintf("%s[%d]", o.at("schedulers"), i)
		fields, ok := v.(map[string]any)
		if !ok {
			r.add(path, "%s is not an object", show(v))
			return nil
		}
		class, _ := fields["class"].(string)
		inner := r.object(path, fields, options{})
		inner.ignore("every")
		if len(list) == 1 {
			return r.schedule(inner, base)
		}
		if !multiplying[class] {
			inner.problem("class", "%s in a chain with others is not supported: it sets the rate, whatever they have made of it", class)
			return nil
		}
		s := r.schedule(inner, 1)
		if s == nil {
			return nil
		}
		if c, ok := s.(optim.CosineAnnealing); ok && !r.chainable(inner, c) {
			return nil
		}
		p.Factors = append(p.Factors, s)
	}
	return p
}

// chainable reports a cosine that doesn't only multiply.
func (r *reader) chainable(o *object, c optim.CosineAnnealing) bool {
	switch {
	case c.Last != 0:
		o.problem("options.eta_min", "%g in a chain with others is not supported: give 0", c.Last)
		return false
	case r.calls > c.Steps:
		o.problem("options.T_max", "is %d, and the training has %d of these: what a chain with others does from there on is not supported", c.Steps, r.calls)
		return false
	}
	return true
}

// tabled reads the rates of a scheduler that was followed step by step.
func (r *reader) tabled(o *object) optim.Schedule {
	all := o.list("rates")
	o.done()
	if len(all) != 1 {
		o.problem("rates", "%d lists, one for each group, are not supported: give one for all", len(all))
		return nil
	}
	list, _ := all[0].([]any)
	var t optim.RateTable
	for _, v := range list {
		rate, ok := numberOf(v)
		if !ok || !(rate >= 0) || math.IsInf(rate, 0) {
			o.problem("rates", "%s is no rate", show(v))
			return nil
		}
		t.Rates = append(t.Rates, rate)
	}
	if len(t.Rates) == 0 {
		o.problem("rates", "is empty")
		return nil
	}
	if r.severalRates() {
		o.problem("rates", "of groups with different rates are not supported")
		return nil
	}
	return t
}
