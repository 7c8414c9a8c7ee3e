package loop

import "slices"

// How much of the way to one point must be gone ahead of each step for the weights to be pulled back to it: a decay by hand, or a pull
// towards weights that were trained before, goes a thousandth or a hundredth of it.
const leastPull = 0.03

// pulled is how weights are overwritten that a part of the way to other weights is gone with ahead of each step.
const pulled = "pulled back"

// pulledBack looks for weights that go the same share of the way to one point ahead of most steps, aₖ − bₖ₋₁ = s·(p − bₖ₋₁) with a of
// their beginning and b of the end before: those of a model that nobody trains, as where source and target of a soft update are swapped.
// A point near 0 is a decay's.
func pulledBack(r *Recording) *Finding {
	var first *Step
	var shares []float64
	var lastWay, lastEnd [][]float32
	var point, end products
	of, cut := 0, []float64(nil)
	for k := 1; k < len(r.Steps); k++ {
		before, s := &r.Steps[k-1], &r.Steps[k]
		if !before.did("step") || len(s.before) == 0 {
			continue
		}
		of++
		way, ends := make([][]float32, len(r.Parameters)), make([][]float32, len(r.Parameters))
		var all, back products
		for i, p := range r.Parameters {
			a, b := s.before[i].Values, before.weights[i].Values
			if !p.Model || a == nil || b == nil {
				continue
			}
			way[i], ends[i] = difference(a, b), b
			all.add(way[i], nil)
			if u := before.update(i); u != nil {
				back.add(way[i], u)
			}
		}
		if all.aa == 0 || !all.finite() {
			lastWay = nil
			continue
		}
		if lastWay != nil {
			var change products // of the way by that of where it begins: −s, in the opposite direction
			for i := range way {
				if way[i] != nil && lastWay[i] != nil {
					change.add(difference(way[i], lastWay[i]), difference(ends[i], lastEnd[i]))
				}
			}
			share := -change.ratio()
			if change.cosine() < -0.99 && share >= leastPull && share < 1 {
				if first == nil {
					first = s
				}
				shares = append(shares, share)
				cut = append(cut, -back.ab/back.bb)
				for i := range way {
					if way[i] != nil {
						point.add(sum(ends[i], multiple(way[i], 1/share)), nil)
						end.add(ends[i], nil)
					}
				}
			}
		}
		lastWay, lastEnd = way, ends
	}
	if len(shares) < 3 || 3*len(shares) < 2*(of-1) || spread(shares) > 0.1 || !(point.aa > 0.01*end.aa) {
		return nil
	}
	return found(WeightsOverwritten, 0.93, first.Number, first.Line, "ahead of %d of %d steps the weights are taken %.0f %% of the way to one and the same point, which takes back %.0f %% of an update at last: those of a model that isn't trained, as where source and target of a soft update are swapped",
		len(shares)+1, of, 100*median(shares), 100*max(0, slices.Max(cut))).by(pulled)
}
