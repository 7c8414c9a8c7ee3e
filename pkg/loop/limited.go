package loop

import (
	"fmt"
	"math"
	"slices"
)

// How much of a loop's weights must lie at their limits, and how much of its updates be cut off by them, for the limits to be what keeps
// it from learning.
const (
	mostAtLimits = 0.5
	mostCutOff   = 0.5
	mostStanding = 0.25 // at their limits, of weights that are kept small on both sides while the loss stands still
)

// limits are what a loop's weights are limited to ahead of a step.
type limits struct {
	lowest, highest float64 // infinite where there is none
	at              float64 // the share of numbers that lie at them
	cut             float64 // the share of the last update that they take back
}

// limited says to what the weights are limited between the end of the step before k and the beginning of k; nil: to nothing, or what
// changes them is something else.
func (r *Recording) limited(k int) *limits {
	last, s := &r.Steps[k-1], &r.Steps[k]
	var found *limits
	var back products
	at, of := 0, 0
	for i, p := range r.Parameters {
		a, b := s.before[i].Values, last.weights[i].Values
		if a == nil || b == nil || !p.Model || len(a) == 0 {
			continue
		}
		of += len(a)
		if u := last.update(i); u != nil {
			back.add(difference(a, b), u)
		}
		if slices.Equal(a, b) {
			continue
		}
		low, high := slices.Min(a), slices.Max(a)
		below, above := 0, 0
		for n, v := range a {
			if v != min(max(b[n], low), high) {
				return nil
			}
			if b[n] < low {
				below++
			} else if b[n] > high {
				above++
			}
		}
		if below+above < 2 && len(a) > 1 { // any number is the highest one
			continue
		}
		if found == nil {
			found = &limits{lowest: math.Inf(-1), highest: math.Inf(1)}
		}
		for _, v := range a {
			if below > 0 && v == low || above > 0 && v == high {
				at++
			}
		}
		if below > 0 {
			found.lowest = float64(low)
		}
		if above > 0 {
			found.highest = float64(high)
		}
	}
	if found == nil || back.bb == 0 || !back.finite() {
		return nil
	}
	found.at, found.cut = float64(at)/float64(of), -back.ab/back.bb
	return found
}

func (l *limits) text() string {
	switch {
	case math.IsInf(l.lowest, -1):
		return "at most " + number(l.highest)
	case math.IsInf(l.highest, 1):
		return "at least " + number(l.lowest)
	}
	return "between " + number(l.lowest) + " and " + number(l.highest)
}

// heldBack looks for weights that are limited at each step so far that most of them lie at their limits, and most of each update is cut
// off; a quarter of them is enough while the loss stands still. A limit that is meant, as a critic's, is a remark, and so is one of a loss
// that isn't claimed, which may be a critic's.
func heldBack(r *Recording, all *replays) (*Finding, string) {
	var first *Step
	var shares, cuts []float64
	var said *limits
	of, claimed := 0, 0
	for k := 1; k < len(r.Steps); k++ {
		if !r.Steps[k-1].did("step") || len(r.Steps[k].before) == 0 {
			continue
		}
		of++
		if l := r.limited(k); l != nil {
			if first == nil {
				first = &r.Steps[k]
			}
			said, shares, cuts = l, append(shares, l.at), append(cuts, l.cut)
			if all.steps[k].claim != nil && r.Steps[k].named("y") != nil {
				claimed++
			}
		}
	}
	if len(shares) < 2 || 2*len(shares) < of {
		return nil, ""
	}
	told := fmt.Sprintf("the weights are limited to %s ahead of %d of %d steps; %.0f %% of the numbers lie there, which takes back %.0f %% of an update",
		said.text(), len(shares), of, 100*median(shares), 100*median(cuts))
	most := mostAtLimits
	if !math.IsInf(said.lowest, 0) && !math.IsInf(said.highest, 0) && !r.fell(r.lastLook()) {
		most = mostStanding
	}
	if 2*claimed < len(shares) || median(shares) < most || median(cuts) < mostCutOff {
		return nil, told + ": as is meant where weights are clipped, a critic's for one"
	}
	return found(WeightsOverwritten, 0.9, first.Number, first.Line, "%s: what is left of a step is next to nothing, of a loss that asks for no clipped weights", told).by(clipped), ""
}

// clipped is how weights are overwritten that are limited.
const clipped = "clipped"
