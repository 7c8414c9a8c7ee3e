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

// supposeClip looks for a clip of the loop's own that compiled steps' updates are explained by: of the whole gradient's length or of each
// number, as it should be or turned round, of one sign alone. The one by which they are explained best is taken.
func (r *Recording) supposeClip(b compute.Backend, all *replays) {
	_, ratios, ok := r.distance(b)
	if !ok {
		return
	}
	best, least := (*supposition)(nil), supposedApart
	for _, s := range r.clips(ratios[0]) {
		undo := s.take(r)
		away, ratios, ok := r.distance(b)
		undo()
		if ok && away < least && median(ratios) > 0.5 {
			best, least = &s, away
		}
		if least < clipFits {
			break
		}
	}
	if best == nil {
		return
	}
	best.take(r)
	for k := range r.Steps {
		s, seen := &r.Steps[k], products{}
		for _, i := range s.Stepped {
			if s.own(i) != nil {
				seen.add(s.seen(i), s.own(i))
			}
		}
		all.steps[k].seen = seen
	}
}

// clips are the ways in which the gradients of the recorded steps may have been clipped, those that are meant first; first is how long the
// update of the first step is, by that of its own gradient.
func (r *Recording) clips(first float64) (all []supposition) {
	var lengths []float64
	largest := 0.0
	for k := range r.Steps {
		if n := r.length(&r.Steps[k]); n > 0 {
			lengths = append(lengths, n)
		}
		for _, i := range r.Steps[k].Stepped {
			for _, v := range r.Steps[k].own(i) {
				largest = max(largest, math.Abs(float64(v)))
			}
		}
	}
	if len(lengths) == 0 {
		return nil
	}
	shortest, longest := slices.Min(lengths), slices.Max(lengths)
	add := func(changed func(v, length float64) float64) { all = append(all, supposition{changed: changed}) }
	for _, l := range append(slices.Clone(clipLimits), lengths[0]*first) {
		if l > 0 && l < longest {
			add(func(v, n float64) float64 { return v * min(1, l/max(n, 1e-30)) })
		}
	}
	for _, l := range clipLimits {
		if l < largest {
			add(func(v, _ float64) float64 { return min(max(v, -l), l) })
		}
	}
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
