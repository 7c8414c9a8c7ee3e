package loop

import (
	"fmt"
	"math"
	"slices"
)

// Undecided is the verdict where no fault was found and too little was compared to rule one out. It names no cause.
const Undecided Cause = "undecided"

// leastCompared is how many steps must have their arrays for a loop to be called correct: what goes wrong between steps, such as
// gradients that pile up or weights that are put back, shows from the second one on.
const leastCompared = 2

// undecided says why nothing is proved by that no fault was found; empty: enough was compared, and agrees.
func (r *Recording) undecided(report *Report) string {
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
		return fmt.Sprintf("No fault that is known here was found, and too little was kept to rule one out: %d of %d steps have their weights and gradients. The model is too large for a recording, which has 64 MiB at most: watch a smaller one with the same loop.", arrayed, len(r.Steps))
	case report.strays || !report.compares():
		return "No fault that is known here was found, but the replay doesn't agree everywhere, or had nothing to compare: see what is unusual and what wasn't checked."
	}
	return ""
}

// compares reports whether a gradient or an update could be compared: losses alone don't show what a step does.
func (r *Report) compares() bool {
	known := func(n Number) bool { return !math.IsNaN(float64(n)) }
	return slices.ContainsFunc(r.Steps, func(s Row) bool { return known(s.GradientRatio) || known(s.UpdateRatio) })
}
