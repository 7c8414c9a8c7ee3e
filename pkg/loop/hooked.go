package loop

import "math"

// byHook is how gradients are changed on their way to the weights.
const byHook = "by a hook"

// hooked looks for gradients that are other ones by the time they reach the weights: what a hook on these, or on layers, makes of
// them. The gradient at the outputs is the loss's, and what the model carries back of it is known. All weights must be concerned: a
// layer that reverses gradients, or passes them straight through, leaves those behind it as they are.
func (r *Recording) hooked(all *replays) *Finding {
	var first *Step
	var ratios []float64
	turned, small, of := 0, 0, 0
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		if math.IsNaN(one.scale) || one.along < 0.999 || one.own.aa == 0 || one.own.bb == 0 || !one.own.finite() {
			continue
		}
		if of++; first == nil {
			first = s
		}
		back, cut, compared := true, true, 0
		for _, part := range one.parts {
			if part.bb < 1e-10*one.own.bb { // such as a bias ahead of a normalization
				continue
			}
			compared++
			back = back && part.cosine() < -0.9
			cut = cut && part.aa > 0 && math.Abs(part.ratio()) < 1e-2*one.scale
		}
		switch {
		case compared == 0:
		case back:
			turned++
		case cut:
			small++
		}
		ratios = append(ratios, one.own.ratio()/one.scale)
	}
	if of < 2 {
		return nil
	}
	what := "the gradient at the model's outputs is the loss's, and that of each weight "
	where := r.spoken(": a hook on the weights, or on layers, changes it on the way", ": something changes it on the way")
	switch {
	case 2*turned > of:
		return found(GradientsChanged, 0.9, first.Number, line(first), what+"points the other way (%d of %d steps)"+where, turned, of).by(byHook)
	case 2*small > of:
		return found(GradientsChanged, 0.9, first.Number, line(first), what+"is cut to %s of what the model carries back of it (%d of %d steps)"+where, number(median(ratios)), small, of).by(byHook)
	}
	return nil
}
