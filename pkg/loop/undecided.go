package loop

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Undecided is the verdict where no fault was found and too little was compared to rule one out. It names no cause.
const Undecided Cause = "undecided"

// leastCompared is how many steps must have their arrays for a loop to be called correct: what goes wrong between steps, such as
// gradients that pile up or weights that are put back, shows from the second one on.
const leastCompared = 2

// undecided says why nothing is proved by that no fault was found; empty: enough was compared, and agrees.
func (r *Recording) undecided(report *Report, all *replays) string {
	arrayed := 0
	for k := range r.Steps {
		if r.Steps[k].Arrayed {
			arrayed++
		}
	}
	switch {
	case len(r.Steps) < leastCompared:
		return "No fault that is known here was found, and too little was recorded to rule one out: what happens between steps, such as gradients that pile up, shows from the second step on, and one is there."
	case arrayed < leastCompared:
		what, smaller := "The model is", "a smaller one"
		if r.weights() < largeModel {
			what, smaller = "Its batches are", "smaller ones"
		}
		return fmt.Sprintf("No fault that is known here was found, and too little was kept to rule one out: %d of %d steps have their weights and gradients. %s too large for a recording, which has 64 MiB at most: watch the same loop with %s.", arrayed, len(r.Steps), what, smaller)
	case report.strays || !report.compares():
		return "No fault that is known here was found, but the replay doesn't agree everywhere, or had nothing to compare: see what is unusual and what wasn't checked."
	case report.ofAnotherLoss() && r.aside(all):
		return "No fault that is known here was found, but the loss isn't the claimed one, and its gradient goes another way: give watch the loss that is minimized, with all that is added to it, as a function of outputs and targets."
	case r.givenOthers(all):
		return "No fault that is known here was found, but the gradients that the optimizer is given go another way than those of the claimed loss at most steps: a part of the loss may be cut off from the model, or the loop changes them on their way."
	case r.untold(report):
		return "No fault that is known here was found, but where the loss is known, at most steps neither it nor what moved the weights is what the replay gives: see what wasn't checked."
	}
	return r.beyondHooks(report, all)
}

// How near an update must be to the replayed one in length for its step to agree, where the losses don't.
const updateFits = 0.05

// untold reports whether the recorded losses aren't the replayed ones at most steps, and at most of these that can be compared by it neither
// update nor gradient is the replayed one either. A penalty that is added to the loss leaves updates the optimizer's.
func (r *Recording) untold(report *Report) bool {
	var ratios []float64
	for _, row := range report.Steps {
		if ratio := float64(row.Loss / row.Replayed); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
			ratios = append(ratios, ratio)
		}
	}
	times := 1.0
	if m := median(ratios); isMean(r, m) {
		times = m
	}
	losses, differ, known, fit := 0, 0, 0, 0
	for k, row := range report.Steps {
		recorded, replayed := float64(row.Loss), float64(row.Replayed)
		if math.IsNaN(recorded) || math.IsNaN(replayed) {
			continue
		}
		if losses++; near(recorded, times*replayed, r.Steps[k].tolerance()) {
			continue
		}
		differ++
		update, cosine := float64(row.UpdateRatio), float64(row.GradientCosine)
		switch {
		case !math.IsNaN(update):
			known++
			if math.Abs(update-1) < updateFits {
				fit++
			}
		case !math.IsNaN(cosine):
			known++
			if cosine > sameWay {
				fit++
			}
		case r.Steps[k].View == viewWeights && !r.gathers(k): // the replayed gradient moves nothing, or isn't known, and nothing else is seen
			known++
		}
	}
	return 2*differ > losses && known > 0 && 2*fit <= known
}

// gathers reports whether a step leaves the weights as they are because Keras' optimizer gathers the gradients of several.
func (r *Recording) gathers(k int) bool {
	s := &r.Steps[k]
	return s.Arrayed && slices.ContainsFunc(r.Optimizers, func(o Optimizer) bool { return o.stepsOf() > 1 }) && !slices.ContainsFunc(s.Stepped, func(i int) bool { return norm(s.update(i)) > 0 })
}

// stepsOf is of how many gradients Keras' optimizer makes a step; 0: of each.
func (o Optimizer) stepsOf() int {
	var described struct {
		Config struct {
			Steps int `json:"gradient_accumulation_steps"`
		} `json:"config"`
	}
	if json.Unmarshal(o.Config, &described) != nil {
		return 0
	}
	return described.Config.Steps
}

// ofAnotherLoss reports whether it is said already that the losses aren't the claimed ones.
func (r *Report) ofAnotherLoss() bool {
	return slices.ContainsFunc(r.Remarks, func(remark string) bool { return strings.HasSuffix(remark, notChecked) })
}

// aside reports whether the recorded gradients go another way than those of the claimed loss.
func (r *Recording) aside(all *replays) bool {
	c := directions(r, all)
	return len(c) > 1 && median(c) < sameLoss
}

// beyondHooks says that gradients weren't compared, or aren't the loss's, where hooks may change them on their way through the model;
// empty: they were and are, or there are no hooks.
func (r *Recording) beyondHooks(report *Report, all *replays) string {
	if r.Framework == kerasFramework || r.GradientHooks != nil && len(r.GradientHooks) == 0 {
		return ""
	}
	hooks := "whether hooks on layers or weights change them isn't known"
	if n := len(r.GradientHooks); n > 0 {
		hooks = "there are hooks on those of " + strings.Join(r.GradientHooks[:min(4, n)], ", ")
		if n > 4 {
			hooks += fmt.Sprintf(" and %d more", n-4)
		}
	}
	compared, off := 0, 0
	for k := range all.steps {
		if own := all.steps[k].own; own.aa > 0 && own.bb > 0 {
			if compared++; all.steps[k].gradientOff(r.Steps[k].unit) != "" {
				off++
			}
		}
	}
	switch {
	case !slices.ContainsFunc(report.Steps, func(s Row) bool { return !math.IsNaN(float64(s.GradientRatio)) }):
		return "No fault that is known here was found, but no gradient could be compared with the loss's, and " + hooks + ": see what wasn't checked."
	case r.GradientHooks != nil && 2*off > compared:
		return fmt.Sprintf("No fault that is known here was found, but the gradients aren't the claimed loss's at %d of %d steps, and %s: see what wasn't checked.", off, compared, hooks)
	}
	return ""
}

// compares reports whether a gradient or an update could be compared: losses alone don't show what a step does.
func (r *Report) compares() bool {
	known := func(n Number) bool { return !math.IsNaN(float64(n)) }
	return slices.ContainsFunc(r.Steps, func(s Row) bool { return known(s.GradientRatio) || known(s.UpdateRatio) })
}

// largeModel is how many weights no longer fit into a recording, before and behind a step and with their gradients.
const largeModel = 4 << 20

// weights counts those of the model.
func (r *Recording) weights() (n int) {
	for _, p := range r.Parameters {
		if p.Model {
			n += elements(p.Shape)
		}
	}
	return n
}
