package loop

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// lossDiffers looks for a recorded loss that isn't the claimed one of the recorded outputs and targets, and for a hypothesis that
// explains it at most of the steps. What none explains, an added penalty for one, is a remark.
func lossDiffers(r *Recording, all *replays) (*Finding, string) {
	var steps []int
	agree := 0
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.Loss == nil || math.IsNaN(all.steps[k].value) || math.IsInf(all.steps[k].value, 0) {
			continue
		}
		steps = append(steps, k)
		if near(*s.Loss, all.steps[k].value, s.tolerance()) {
			agree++
		}
	}
	if len(steps) == 0 {
		return nil, ""
	}
	if 2*agree > len(steps) {
		if f := reordered(r); f != nil {
			return f, ""
		}
		f, remark := backwardDiffers(r, all)
		if first := &r.Steps[steps[0]]; f == nil && maximizes(r) && !goesByNegative(r, all) {
			if r.byHand {
				return found(OtherLoss, 0.95, first.Number, line(first), "the loss is the claimed one, and the loop moves the weights along its gradient, not against it: each step goes uphill").by(maximizedByHand), ""
			}
			return found(OtherLoss, 0.95, first.Number, line(first), "the loss is the claimed one, and the optimizer maximizes it%s: each step goes uphill", r.spoken(" (maximize=True)", "")).by(maximized), ""
		}
		return f, remark
	}
	first := &r.Steps[steps[0]]
	at := fmt.Sprintf("step %d: the loss is %s, and %s of the recorded outputs and targets is %s", first.Number, number(*first.Loss), r.lossName(), number(all.steps[steps[0]].value))
	for _, h := range r.hypotheses() {
		fits, of := 0, 0
		for _, k := range steps {
			s := &r.Steps[k]
			v, ok := h.value(r, all, k)
			if !ok {
				continue
			}
			of++
			if math.Abs(*s.Loss-v) <= s.tolerance()*max(math.Abs(*s.Loss), math.Abs(v)) { // beside a loss that is tiny anything smaller is near it
				fits++
			} else if 3*(of-fits) > len(steps) { // the rest can't make up for it
				break
			}
		}
		if fits >= 2 && 3*fits >= 2*of && 2*of > len(steps) {
			return found(h.cause, 0.96, first.Number, first.Line, "%s; %s is the same (%d of %d steps)", at, h.text, fits, of).by(h.text), ""
		}
	}
	if f := misalignedLoss(r, all, steps, at); f != nil {
		return f, ""
	}
	if f := stretchedWithin(r, all, steps, at); f != nil {
		return f, ""
	}
	return factor(r, all, steps, at)
}

// reordered looks for a model that was given the rows of x in another order than those of y.
func reordered(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	for k := range r.Steps {
		if s := &r.Steps[k]; s.XIsInput != nil {
			if of++; s.XReordered {
				if times++; first == nil {
					first = s
				}
			}
		}
	}
	if times < 2 || 2*times < of {
		return nil
	}
	return found(MisalignedTargets, 0.95, first.Number, first.Line, "step %d: the model was given the rows of x in another order than the targets are in (%d of %d steps)", first.Number, times, of).by("reordered")
}

// backwardDiffers looks for a backward on something else than the loss that was recorded.
func backwardDiffers(r *Recording, all *replays) (*Finding, string) {
	var scales, along []float64
	var first *Step
	for k := range r.Steps {
		if one := all.steps[k]; !math.IsNaN(one.scale) && one.along != 0 {
			scales, along = append(scales, one.scale), append(along, one.along)
			if first == nil {
				first = &r.Steps[k]
			}
		}
	}
	if len(scales) < 2 {
		return nil, ""
	}
	scale, steady := median(scales), spread(scales) < 1e-2
	switch {
	case median(along) < -0.99 && maximizes(r):
	case median(along) < -0.99:
		return found(OtherLoss, 0.95, first.Number, first.BackwardLine, "step %d: the gradient at the model's outputs is %s times that of the loss: "+r.spoken("backward() goes by its negative", "its negative is differentiated")+", and each step uphill", first.Number, number(scale)).by(turnedBehind), ""
	case median(along) < 0.9:
		return nil, fmt.Sprintf("the gradient at the model's outputs isn't that of the recorded loss (cosine %s): "+r.spoken("backward() is called on another one, or on a sum with others", "another one is differentiated, or a sum with others"), number(median(along)))
	case steady && (scale < 0.1 || scale > 10) && !isMean(r, scale) && !takenBack(r, scale) && cleared(r, all) == nil: // of gradients that are gone nothing could be taken back
		if slices.ContainsFunc(r.LossScales, func(by float64) bool { return near(by, scale, 1e-2) }) {
			return found(GradientsChanged, 0.93, first.Number, line(first), "step %d: the gradient is %s times that of the loss, at each of %d steps: a GradScaler has multiplied the loss by that, and nothing divides the gradients by it ahead of the optimizer's step",
				first.Number, number(scale), len(scales)).by(neverDivided), ""
		}
		return found(OtherLoss, 0.9, first.Number, first.BackwardLine, "step %d: the gradient at the model's outputs is %s times that of the loss, at each of %d steps: "+r.spoken("backward() is called on the loss times %[2]s", "what is differentiated is the loss times %[2]s"), first.Number, number(scale), len(scales)), ""
	}
	return nil, ""
}

// goesByNegative reports whether backward goes by the negative of the loss.
func goesByNegative(r *Recording, all *replays) bool {
	c := directions(r, all)
	return len(c) > 0 && median(c) < -0.99
}

// neverDivided is how gradients are changed that a scaler has multiplied and that the optimizer takes as they are.
const neverDivided = "never divided"

// maximizes reports whether the optimizers go up the loss they are given, or the loop does that moves the weights by hand.
func maximizes(r *Recording) bool {
	if r.byHand {
		return maximizesByHand(r)
	}
	groups, up := 0, 0
	for _, o := range r.Optimizers {
		for _, g := range o.Groups {
			if groups++; string(g["maximize"]) == "true" {
				up++
			}
		}
	}
	return groups > 0 && up == groups
}

// takenBack reports whether what the loss was multiplied by is divided out of the gradients ahead of the step, as a GradScaler does. A clip
// behind that shortens them and never makes them longer; where no step was made, none could.
func takenBack(r *Recording, scale float64) bool {
	taken, of := 0, 0
	for k := range r.Steps {
		s := &r.Steps[k]
		var p products
		for _, i := range s.Stepped {
			p.add(s.seen(i), s.accumulated(i))
		}
		if p.bb == 0 || p.aa == 0 {
			continue
		}
		if of++; p.cosine() > 0.999 && p.ratio()*scale < 1+2e-2 {
			taken++
		}
	}
	return 2*taken >= of
}

// factor looks for a loss that is the claimed one times a number.
func factor(r *Recording, all *replays, steps []int, at string) (*Finding, string) {
	var ratios []float64
	for _, k := range steps {
		if v := all.steps[k].value; v != 0 {
			ratios = append(ratios, *r.Steps[k].Loss/v)
		}
	}
	first := &r.Steps[steps[0]]
	if m := median(ratios); len(ratios) > 1 && spread(ratios) < max(1e-3, 2*first.unit) {
		switch {
		case m < 0 && maximizes(r):
			return nil, "the loss is turned around, and the optimizer maximizes it: both together are the claimed loss's way down"
		case m < 0:
			return found(OtherLoss, 0.96, first.Number, first.Line, "%s: it is turned around, %s times the claimed one at each of %d steps, and each step goes uphill", at, number(m), len(ratios)).by(turned), ""
		case isMean(r, m):
			return nil, ""
		case m < 0.1 || m > 10:
			return found(OtherLoss, 0.9, first.Number, first.Line, "%s: %s times the claimed one at each of %d steps", at, number(m), len(ratios)).by("scaled"), ""
		}
		return nil, fmt.Sprintf("the loss is %s times the claimed one", number(m))
	}
	c := directions(r, all)
	if len(c) > 1 && median(c) < ofAnother && !slices.ContainsFunc(steps, func(k int) bool { return *r.Steps[k].Loss >= all.steps[k].value }) {
		return found(OtherLoss, 0.75, first.Number, first.Line, "%s: how it is computed isn't known, but it isn't the claimed one with something added: it is lower at each of %d steps, and its gradient goes another way (cosine %s). If that is intended, give watch the loss that is minimized, as a function", at, len(steps), number(median(c))), ""
	}
	if len(c) > 1 && median(c) < otherWay {
		return found(OtherLoss, 0.7, first.Number, first.Line, "%s: how it is computed isn't known, but it isn't the claimed one with something added: its gradient goes another way (cosine %s over %d steps). If that is intended, give watch the loss that is minimized, as a function", at, number(median(c)), len(c)), ""
	}
	return nil, at + notChecked
}

// notChecked is said of a loss that isn't the claimed one.
const notChecked = ": what was added to it, or how else it is computed, isn't known, and wasn't checked"

// sameLoss is the cosine below which a gradient may be that of the claimed loss and a penalty, and of another loss as well.
const sameLoss = 0.9

// ofAnother is the cosine below which a gradient isn't that of the claimed loss with something taken off, such as a little of the entropy.
const ofAnother = 0.95

// otherWay is the cosine below which a gradient isn't that of the claimed loss and a penalty.
const otherWay = 0.7

// directions are the cosines of the recorded gradients with those of the claimed loss: at the outputs where they are known there, else
// at the weights.
func directions(r *Recording, all *replays) (cosines []float64) {
	for k := range r.Steps {
		switch one := all.steps[k]; {
		case !math.IsNaN(one.along) && one.along != 0:
			cosines = append(cosines, one.along)
		case one.own.aa > 0 && one.own.bb > 0:
			cosines = append(cosines, one.own.cosine())
		}
	}
	return cosines
}

// spread is how far apart values are, relative to their median.
func spread(values []float64) float64 {
	return (slices.Max(values) - slices.Min(values)) / max(math.Abs(median(values)), 1e-30)
}

func (r *Recording) lossName() string {
	if r.Loss == nil {
		return "the sum of the claimed losses"
	}
	var described struct{ Class string }
	_ = json.Unmarshal(r.Loss, &described) // a class that isn't there is an empty name
	return described.Class
}
