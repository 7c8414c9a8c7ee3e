package loop

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// leastRate is what share of the highest rate so far a rate must be below to have been lowered to next to nothing.
const leastRate = 0.02

// vanishedRate is what share of the highest rate no schedule that is meant ends below, where it is next to nothing for the last third of the loop.
const vanishedRate = 1e-5

// rateChanged looks for a rate that has fallen to next to nothing long before the loop's end.
func rateChanged(r *Recording) *Finding {
	type sample struct {
		step int
		rate float64
	}
	var samples []sample
	note := func(step int, rates [][]float64) {
		highest, any := 0.0, false
		for _, groups := range rates {
			for _, rate := range groups {
				highest, any = max(highest, rate), true
			}
		}
		if any {
			samples = append(samples, sample{step, highest})
		}
	}
	for _, s := range r.Steps {
		note(s.Number, s.Rates)
	}
	for _, s := range r.Rates {
		note(s.Step, s.Rates)
	}
	if len(samples) < 2 {
		return nil
	}
	slices.SortStableFunc(samples, func(a, b sample) int { return a.step - b.step })
	last := samples[len(samples)-1].step
	total := max(last, r.Total)
	highest, highestAt := samples[0].rate, samples[0].step
	for i, s := range samples {
		if s.rate > highest {
			highest, highestAt = s.rate, s.step
		}
		if highest == 0 || s.rate >= leastRate*highest {
			continue
		}
		// The end of a schedule is no fault where it is the end of the training.
		if 3*s.step > 2*total || i == len(samples)-1 && r.Ended {
			return nil
		}
		if 4*s.step >= total && r.fell(s.step) && !(r.Ended && samples[len(samples)-1].rate < vanishedRate*highest) { // and so is one that goes down over the training while the loss does
			return nil
		}
		steps := ""
		if n := r.schedulings(); n > 0 {
			steps = " The optimizer's rate changes at every step"
		}
		return found(RateChanged, 0.95, s.step, line(&r.Steps[0]), "the rate is %s at step %d, %s of the %s at step %d, and the loop goes on to step %d.%s",
			number(s.rate), s.step, share(s.rate/highest), number(highest), highestAt, total, strings.TrimRight(steps, " "))
	}
	risen := samples[0].step // the last step at which the rate was higher than ever before
	for i, most := 1, samples[0].rate; i < len(samples); i++ {
		if samples[i].rate > mostRisen*most {
			most, risen = samples[i].rate, samples[i].step
		}
	}
	if f := r.rateOfFactors(highest, 2*risen > last, last); f != nil {
		return f
	}
	if highest == 0 {
		return found(RateChanged, 0.95, samples[0].step, line(&r.Steps[0]), "the rate is 0 at each of %d steps that were looked at, up to step %d", len(samples), last).by("zero")
	}
	return nil
}

// mostRisen is how far a rate may rise from the highest so far that doesn't warm up.
const mostRisen = 1.05

// tinyFactor is how a rate is changed that a schedule multiplies by next to nothing from the first step on.
const tinyFactor = "tiny factor"

// rateOfFactors looks for a schedule that leaves next to nothing of the rate which the optimizer was made with, at every step that was looked
// at, while the loss stays: what LambdaLR is given returns a factor, not a rate. A rate that is still rising in the second half of the loop is
// a warm-up, and an optimizer that has a memory of earlier steps may be at the end of its schedule.
func (r *Recording) rateOfFactors(highest float64, rising bool, last int) *Finding {
	made := 0.0
	for _, o := range r.Optimizers {
		if o.HasMemory {
			return nil
		}
		made = max(made, o.madeWith())
	}
	if highest == 0 || highest >= leastRate*made || rising || last <= len(r.Steps) || r.fell(last) {
		return nil
	}
	return found(RateChanged, 0.92, r.Steps[0].Number, line(&r.Steps[0]), "the optimizer was made with a rate of %s, and it is at most %s at each step that was looked at, up to step %d: the schedule multiplies it by %s from the first step on, as where a function for LambdaLR returns a rate, not a factor",
		number(made), number(highest), last, number(highest/made)).by(tinyFactor)
}

// madeWith is the highest rate that a schedule found in the optimizer, or that it had when it was watched; 0: it isn't known.
func (o Optimizer) madeWith() float64 {
	made := 0.0
	for _, g := range o.Groups {
		for _, name := range []string{"initial_lr", "lr"} {
			var rate float64
			if json.Unmarshal(g[name], &rate) == nil && !math.IsInf(rate, 0) {
				made = max(made, rate)
			}
		}
	}
	return made
}

// lastLook is the last step of which a loss or a rate is known.
func (r *Recording) lastLook() int {
	last := 0
	for k := range r.Steps {
		last = max(last, r.Steps[k].Number)
	}
	for _, s := range r.Rates {
		last = max(last, s.Step)
	}
	return last
}

// mostLeft is the share of the first losses below which a loss has come down.
const mostLeft = 0.75

// fell reports whether the loss at a step, or the last one that is known ahead of it, was well below the first ones. A rate that was
// next to nothing from the start lets no loss fall.
func (r *Recording) fell(step int) bool {
	first, n, latest, at := 0.0, 0, math.NaN(), 0
	for k := range r.Steps {
		if s := &r.Steps[k]; s.Loss != nil {
			if n < 3 {
				first, n = first+*s.Loss, n+1
			}
			if s.Number <= step {
				latest, at = *s.Loss, s.Number
			}
		}
	}
	for _, s := range r.Rates {
		if s.Loss != nil && s.Step <= step && s.Step > at {
			latest, at = *s.Loss, s.Step
		}
	}
	return n == 3 && at > len(r.Steps) && first > 0 && latest < mostLeft*first/3
}

// schedulings is how many recorded steps have another rate than the one before.
func (r *Recording) schedulings() (n int) {
	for k := 1; k < len(r.Steps); k++ {
		if !slices.EqualFunc(r.Steps[k].Rates, r.Steps[k-1].Rates, slices.Equal) {
			n++
		}
	}
	if 2*n < len(r.Steps) {
		return 0
	}
	return n
}

func share(v float64) string {
	if v == 0 {
		return "nothing"
	}
	return number(v)
}
