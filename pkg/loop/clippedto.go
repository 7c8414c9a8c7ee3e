package loop

import (
	"encoding/json"
	"slices"
)

// mostOfGradient is the share that a clip leaves of gradients in the middle, at most, to be a fault where its limit is another setting.
const mostOfGradient = 0.25

// settingOf names the setting of an optimizer that has a value; empty: none has. A limit that equals one, and cuts every gradient down to it,
// was given the wrong name.
func (r *Recording) settingOf(value float64) string {
	const tolerance = 1e-3 // clip_grad_norm_ divides by the norm and a millionth
	for k := range r.Steps {
		for _, groups := range r.Steps[k].Rates {
			if slices.ContainsFunc(groups, func(rate float64) bool { return near(rate, value, tolerance) }) {
				return "learning rate"
			}
		}
	}
	for _, o := range r.Optimizers {
		for _, g := range o.Groups {
			var decay float64
			if json.Unmarshal(g["weight_decay"], &decay) == nil && near(decay, value, tolerance) {
				return "weight decay"
			}
		}
	}
	return ""
}

// clippedTo looks for gradients that are cut at every step to a norm which is another setting of the optimizer, and to a quarter of theirs or
// less.
func (r *Recording) clippedTo(ratios, norms []float64, first *Step) *Finding {
	limit := median(norms)
	if slices.Max(ratios) > 1-1e-3 || median(ratios) > mostOfGradient || spread(norms) > 1e-3 {
		return nil
	}
	name := r.settingOf(limit)
	if name == "" {
		return nil
	}
	return found(GradientsChanged, 0.85, first.Number, line(first), r.spoken("between backward() and step()", "between their computation and optimizer.apply")+" the gradient is cut to a norm of %s at each of %d steps, to %s of what it was in the middle: that is the %s, which was given for the limit, it seems",
		number(limit), len(norms), number(median(ratios)), name)
}
