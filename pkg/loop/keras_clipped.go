package loop

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
)

// clipLimits are those that people clip gradients at; others are worked out of the first step.
var clipLimits = []float64{0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10}

// clipFits is how near updates are to what a clip makes of a gradient where no other one need be tried.
const clipFits = 1e-3

// supposeMiscut looks for a clip of the loop's own that went wrong, by which compiled steps' updates are explained: its fraction turned round,
// or one sign alone let through. The one by which they are explained best is taken; it reports whether there is one.
func (r *Recording) supposeMiscut(b compute.Backend) bool {
	ratios, _, ok := r.apart(b)
	if !ok {
		return false
	}
	best, least := (*supposition)(nil), supposedApart
	for _, s := range r.miscuts(ratios[0]) {
		undo := s.take(r)
		ratios, apart, ok := r.apart(b)
		undo()
		if ok && median(apart) < least && median(ratios) > 0.5 {
			best, least = &s, median(apart)
		}
		if least < clipFits {
			break
		}
	}
	if best == nil {
		return false
	}
	best.take(r)
	return true
}

// miscuts are the ways in which a clip of the recorded steps' gradients may have gone wrong; first is how long the update of the first step
// is, by that of its own gradient.
func (r *Recording) miscuts(first float64) (all []supposition) {
	var lengths []float64
	largest := 0.0
	for k := range r.Steps {
		own := r.Steps[k].ofStepped()
		if n := allNorm(own); n > 0 {
			lengths = append(lengths, n)
		}
		largest = max(largest, highest(own))
	}
	if len(lengths) == 0 {
		return nil
	}
	shortest := slices.Min(lengths)
	add := func(changed func(v, length float64) float64) { all = append(all, byNumber(changed)) }
	for _, l := range append(slices.Clone(clipLimits), lengths[0]/first) {
		if l > shortest && !math.IsInf(l, 0) {
			add(func(v, n float64) float64 { return v * min(1, n/l) })
		}
	}
	add(func(v, n float64) float64 { return v * n })
	add(func(v, _ float64) float64 { return math.Abs(v) })
	for _, l := range append(slices.Clone(clipLimits), math.Inf(1)) {
		if l < largest || math.IsInf(l, 1) {
			add(func(v, _ float64) float64 { return min(max(v, 0), l) })
			add(func(v, _ float64) float64 { return min(max(v, -l), 0) })
		}
	}
	return all
}

// byItsLength reports whether gradients were multiplied by their own length, divided by a limit, as where the fraction of a clip is turned
// round, or every one by its length: by is how much, per unit of length. Those that are longer than the limit may be as they were.
func byItsLength(ratios, lengths []float64) (by float64, is bool) {
	var each, which []float64
	for k, ratio := range ratios {
		if math.Abs(ratio-1) > 1e-3 {
			each, which = append(each, ratio/lengths[k]), append(which, lengths[k])
		}
	}
	if 2*len(each) <= len(ratios) || len(each) < 3 || slices.Max(which) < lengthsApart*slices.Min(which) {
		return 0, false
	}
	by = median(each)
	for k, ratio := range ratios {
		along := math.Abs(ratio/(by*lengths[k])-1) < 2e-2
		if !along && (math.Abs(ratio-1) > 1e-3 || by*lengths[k] < 1) {
			return 0, false
		}
	}
	return by, true
}

// lengthsApart is how many times as long as the shortest one the longest gradient must be for it to be told what they were multiplied by.
const lengthsApart = 1.2
