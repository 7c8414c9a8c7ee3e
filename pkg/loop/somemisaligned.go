package loop

import "math"

const (
	leastShared = 4   // rows that two steps must have in common to be compared
	mostAbove   = 0.2 // how far the rows of pairs that don't agree may be from chance, on the way to agreeing in all
)

// someMisaligned reports whether rows have other targets in some of the steps alone: pairs of steps agree in all rows that they share, or no more
// often than by chance. Noise in the targets, and targets that a model makes better from time to time, agree more often than that everywhere.
func someMisaligned(r *Recording, chance float64) bool {
	var steps []map[uint64]uint64
	for k := range r.Steps {
		xs, ys := rowKeys(r.Steps[k].named("x")), rowKeys(r.Steps[k].named("y"))
		if xs == nil || len(xs) != len(ys) {
			continue
		}
		of := map[uint64]uint64{}
		for i, x := range xs {
			if _, seen := of[x]; !seen {
				of[x] = ys[i]
			}
		}
		steps = append(steps, of)
	}
	var sizes []int
	whole, others, shared, agree := 0, 0, 0.0, 0.0
	for k, a := range steps {
		for _, b := range steps[:k] {
			n, same := 0, 0
			for x, y := range a {
				if other, ok := b[x]; ok {
					if n++; other == y {
						same++
					}
				}
			}
			if n < leastShared {
				continue
			}
			sizes = append(sizes, n)
			switch {
			case same == n:
				whole++
			default:
				others, shared, agree = others+1, shared+float64(n), agree+float64(same)
			}
		}
	}
	if whole < 3 || others < 3 || shared < 20 {
		return false
	}
	share := agree / shared
	lucky := 0.0 // pairs that agree in all rows though their targets have nothing to do with each other
	for _, n := range sizes {
		lucky += math.Pow(max(share, chance), float64(n))
	}
	return share <= chance+mostAbove*(1-chance) && float64(whole) >= 4*lucky
}
