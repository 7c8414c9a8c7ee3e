package loop

import (
	"math"
	"slices"
)

// Shares of the outputs that a loss of the user's must move towards their targets, as a distance does: below the one it is another
// loss, below the other it goes the other way.
const (
	leastTowards = 0.75
	mostAway     = 0.1
)

// awayFromTargets looks for a loss of the user's that doesn't move outputs towards their targets: turned around, or of a mean of
// differences, in which those of one sign cancel those of the other. Asked for where outputs and targets are numbers of one shape.
func awayFromTargets(r *Recording, all *replays) *Finding {
	towards, of, alike, steps := 0, 0, 0, 0
	var first *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		outputs, targets, by := s.named("out"), s.named("y"), s.named("cotangent")
		if s.Claimed == nil || len(all.steps[k].claims) > 0 || len(outputs) != 1 || len(targets) != 1 || len(by) != 1 || s.Forwards != 1 {
			continue
		}
		o, y, g := outputs[0].Values, targets[0].Values, by[0].Values
		if len(o) != len(y) || len(o) != len(g) || len(o) < 4 || !measured(y) {
			continue
		}
		steps++
		if first == nil {
			first = s
		}
		if lo, hi := slices.Min(g), slices.Max(g); lo != 0 && math.Abs(float64(hi-lo)) <= 1e-4*math.Abs(float64(lo)) {
			alike++
		}
		for i := range o {
			if apart := o[i] - y[i]; apart != 0 && g[i] != 0 {
				of++
				if (apart > 0) == (g[i] > 0) {
					towards++
				}
			}
		}
	}
	if steps < 2 || of < 16 {
		return nil
	}
	share := float64(towards) / float64(of)
	switch {
	case share < mostAway:
		return found(OtherLoss, 0.85, first.Number, first.Line, "the loss of your own goes uphill: at %s of the outputs its gradient moves them away from their targets (over %d steps)", number(1-share), steps).by(turned)
	case share < leastTowards && alike == steps:
		return found(OtherLoss, 0.8, first.Number, first.Line, "the loss of your own has the same gradient at each output of a batch, whatever its target is, and moves %s of them away from it (over %d steps): differences of one sign cancel those of the other before they are squared, as in ((output - target).mean()) ** 2, or aren't squared at all, and then the loss falls below any bound", number(1-share), steps)
	}
	return nil
}

// measured reports whether targets are numbers of many values, no classes.
func measured(y []float32) bool {
	values := map[float32]bool{}
	whole := true
	for _, v := range y {
		values[v] = true
		whole = whole && v == float32(math.Trunc(float64(v)))
	}
	return !whole && 4*len(values) > len(y)
}
