package loop

import (
	"math"

	"example.com/unstuck/pkg/loss"
)

// perRow is how gradients are changed that are divided or multiplied by the number of a batch's rows, of which the last batch of an epoch
// has fewer: as one factor for all steps it wouldn't stand out.
const perRow = "per row"

// rows is the number of rows that a step's batch has; 0: it isn't known.
func (s *Step) rows() int {
	for _, name := range []string{"y", "x"} {
		if of := s.named(name); len(of) > 0 && len(of[0].Shape) > 0 {
			return of[0].Shape[0]
		}
	}
	return 0
}

// meansRows reports whether the claimed loss is known, and a mean over rows: by their number nothing is left to divide.
func (all *replays) meansRows() bool {
	for k := range all.steps {
		if c := all.steps[k].claim; c != nil {
			_, summed := c.loss.(loss.Summed)
			return !summed
		}
	}
	return false
}

// byRows says what was done to gradients whose factors are the numbers of rows at each step, or one by them; empty: they are others.
func byRows(factors, rows []float64) string {
	follow := func(power float64) bool {
		for k, f := range factors {
			if math.Abs(f/math.Pow(rows[k], power)-1) > 1e-2 {
				return false
			}
		}
		return true
	}
	switch {
	case follow(-1):
		return "divided by the number of rows"
	case follow(1):
		return "multiplied by the number of rows"
	}
	return ""
}
