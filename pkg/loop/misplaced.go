package loop

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// misplacedTo is how gradients are changed that are those of other weights, or of the same in another order.
const misplacedTo = "misplaced"

// leastAlike is how many numbers that aren't 0 two vectors must have for it to be no chance that one is a multiple of the other.
const leastAlike = 6

// place is where the gradient that a parameter got comes from: at is its offset in all gradients one behind the other, or ownOrder.
type place struct{ parameter, at int }

// ownOrder stands for the parameter's own numbers in another order.
const ownOrder = -1

// misplaced looks for weights that the optimizer updates by the gradient of others, or by their own in another order: lists of gradients and
// weights that don't go together, a flat vector cut at the wrong offsets, a matrix that was turned. A weight whose own gradient is 0 may
// be meant to share another's.
func misplaced(r *Recording) *Finding {
	steps, of := map[place]int{}, 0
	var first *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.hands() {
			continue
		}
		of++
		var flat []float32
		for _, i := range s.Stepped {
			own, seen := s.accumulated(i), s.seen(i)
			if own == nil || len(own) != len(seen) {
				continue
			}
			var p products
			p.add(seen, own)
			if p.aa == 0 || p.bb == 0 || !p.finite() || math.Abs(p.cosine()) > 0.9 {
				continue
			}
			if flat == nil {
				flat = s.flat(r)
			}
			at := []int{ownOrder}
			if !shuffledNumbers(seen, own) {
				at = cutFrom(flat, seen)
			}
			for _, at := range at {
				if steps[place{i, at}]++; first == nil {
					first = s
				}
			}
		}
	}
	var all []place
	for p, n := range steps {
		if n >= 2 && 3*n >= 2*of && !slices.ContainsFunc(all, func(q place) bool { return q.parameter == p.parameter }) {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(p, q place) int { return cmp.Compare(p.parameter, q.parameter) })
	shown := all[0]
	what, name := "its own numbers in another order", r.Parameters[shown.parameter].Name
	if shown.at != ownOrder {
		what = fmt.Sprintf("%d numbers of %s", elements(r.Parameters[shown.parameter].Shape), first.ownersAt(r, shown.at))
	}
	return found(GradientsChanged, 0.94, first.Number, line(first), r.spoken("between backward() and step()", "between their computation and optimizer.apply")+" %d of %d parameters get a gradient that isn't theirs, over %d steps: %s gets %s",
		len(all), len(first.Stepped), of, name, what).by(misplacedTo)
}

// flat are the gradients of all parameters one behind the other.
func (s *Step) flat(r *Recording) (all []float32) {
	for i := range r.Parameters {
		all = append(all, s.accumulated(i)...)
	}
	return all
}

// ownersAt says whose gradient lies at an offset of flat.
func (s *Step) ownersAt(r *Recording, at int) string {
	for i := range r.Parameters {
		n := len(s.accumulated(i))
		if at < n {
			if at == 0 {
				return "the gradient of " + r.Parameters[i].Name + ", from its first on"
			}
			return fmt.Sprintf("the gradient of %s, from its number %d on", r.Parameters[i].Name, at+1)
		}
		at -= n
	}
	return "another's gradient"
}

// shuffledNumbers reports whether two vectors have the same numbers, but for one positive factor, in different orders.
func shuffledNumbers(a, b []float32) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return multipleOf(x, y)
}

// cutFrom are the offsets at which a part of a vector is a positive multiple.
func cutFrom(whole, part []float32) (at []int) {
	top, second := largestTwo(part)
	if part[top] == 0 || len(part) < leastAlike {
		return nil
	}
	next := part[second] / part[top]
	for o := 0; o+len(part) <= len(whole); o++ {
		there := whole[o : o+len(part)]
		if there[top] == 0 || math.Abs(float64(there[second]/there[top]-next)) > 1e-3 { // most offsets end here
			continue
		}
		if multipleOf(part, there) {
			at = append(at, o)
		}
	}
	return at
}

func largestTwo(v []float32) (first, second int) {
	for i := range v {
		if math.Abs(float64(v[i])) > math.Abs(float64(v[first])) {
			first = i
		}
	}
	if first == 0 && len(v) > 1 {
		second = 1
	}
	for i := range v {
		if i != first && math.Abs(float64(v[i])) > math.Abs(float64(v[second])) {
			second = i
		}
	}
	return first, second
}

// multipleOf reports whether a is a positive multiple of b, number by number, but for rounding.
func multipleOf(a, b []float32) bool {
	var p products
	p.add(a, b)
	by := p.ratio()
	if !(by > 0) || !p.finite() {
		return false
	}
	alike := 0
	scale := math.Sqrt(p.aa / float64(len(a)))
	for i := range a {
		want := by * float64(b[i])
		if math.Abs(float64(a[i])-want) > 1e-3*max(math.Abs(want), 1e-2*scale) {
			return false
		}
		if a[i] != 0 {
			alike++
		}
	}
	return alike >= leastAlike
}
