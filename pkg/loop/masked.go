package loop

import (
	"math"
	"slices"
)

// leastKept is the share of a gradient's length below which what a mask leaves isn't what whoever thins gradients out would: the largest
// hundredth of numbers that are distributed normally has 0.29 of their length.
const leastKept = 0.2

// masked looks for gradients of which all but a little is set to 0 between backward and step, here and there: what is left is as it was,
// and the places are others from step to step. Places that stay are meant, as those of weights that were cut out or rows that are frozen.
func masked(r *Recording) *Finding {
	var shares []float64
	var first *Step
	gone, of, varies := 0, 0, false
	dropped, kept := map[int][]bool{}, map[int][]bool{} // places, by parameter, over all steps
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.hands() {
			continue
		}
		var p products
		for _, i := range s.Stepped {
			there, seen := s.accumulated(i), s.seen(i)
			if there == nil || seen == nil {
				continue
			}
			p.add(seen, there)
			if dropped[i] == nil {
				dropped[i], kept[i] = make([]bool, len(there)), make([]bool, len(there))
			}
			parts := 0
			for n, v := range there {
				switch {
				case v == 0 && seen[n] == 0:
				case seen[n] == 0:
					dropped[i][n] = true
					gone++
				case seen[n] == v:
					kept[i][n] = true
					parts++
				default: // changed in another way
					return nil
				}
				if v != 0 {
					of++
				}
			}
			varies = varies || parts > 0 && slices.Contains(dropped[i], true)
		}
		if p.bb == 0 || !p.finite() {
			continue
		}
		if shares = append(shares, math.Sqrt(p.aa/p.bb)); first == nil {
			first = s
		}
	}
	if len(shares) < 2 || !varies || median(shares) >= leastKept {
		return nil
	}
	moving := false
	for i := range dropped {
		for n := range dropped[i] {
			moving = moving || dropped[i][n] && kept[i][n]
		}
	}
	if !moving {
		return nil
	}
	return found(GradientsChanged, 0.93, first.Number, line(first), r.spoken("between backward() and step()", "between their computation and optimizer.apply")+" %s %% of the gradient's numbers are set to 0, others from step to step: %s of its length is left, over %d steps",
		number(100*float64(gone)/float64(of)), share(median(shares)), len(shares)).by(maskedOut)
}

// maskedOut is how gradients are changed that are set to 0 here and there.
const maskedOut = "masked"
