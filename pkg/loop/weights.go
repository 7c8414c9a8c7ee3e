package loop

import (
	"fmt"
	"slices"
)

// overwritten looks for steps that don't begin where the last one has ended: with weights of an earlier time, or with others
// altogether. What only limits weights, or averages them, moves them less.
//
// What happens once over many steps may be meant, as behind a search for the rate: it is a remark.
func overwritten(r *Recording) (*Finding, string) {
	times, of := 0, 0
	var first *Step
	how := ""
	for k := 1; k < len(r.Steps); k++ {
		last, s := &r.Steps[k-1], &r.Steps[k]
		if !last.did("step") || last.update(heldOne(r, last)) == nil {
			continue
		}
		of++
		if r.limited(k) != nil { // see heldBack
			continue
		}
		if what := r.put(k); what != "" {
			if times++; first == nil {
				first, how = s, what
			}
		}
	}
	// Once in a while is enough: who restores at every tenth step loses all but ten.
	switch {
	case times == 0:
		return nil, ""
	case 8*times < of:
		return nil, fmt.Sprintf("the weights at the beginning of step %d aren't those at the end of step %d, but %s, at %d of %d steps: a restore that is meant, as of the best weights or behind a search for the rate, looks the same; what is learned before it is lost", first.Number, first.Number-1, how, times, of)
	}
	return found(WeightsOverwritten, 0.96, first.Number, first.Line, "the weights at the beginning of step %d aren't those at the end of step %d, but %s (%d of %d steps): "+r.spoken("load_state_dict", "set_weights, load_weights")+", an initialization or a copy stands in the loop",
		first.Number, first.Number-1, how, times, of), ""
}

// heldOne is a parameter that the step has moved; 0 for none.
func heldOne(r *Recording, s *Step) int {
	for i := range r.Parameters {
		if s.update(i) != nil {
			return i
		}
	}
	return 0
}

// put says what the weights at the beginning of step k are where they aren't those at the end of the last one; empty: those, or not
// far from them.
func (r *Recording) put(k int) string {
	last, s := &r.Steps[k-1], &r.Steps[k]
	var back, other, all products
	changed := 0
	for i, p := range r.Parameters {
		a, b := s.before[i].Values, last.weights[i].Values
		if a == nil || b == nil || !p.Model {
			continue
		}
		all.add(b, nil)
		if slices.Equal(a, b) || last.update(i) == nil || norm(last.update(i)) == 0 {
			continue
		}
		changed++
		other.add(difference(a, b), b)
		back.add(difference(a, b), last.update(i))
	}
	if changed == 0 || !other.finite() {
		return ""
	}
	for j := k - 1; j >= 0; j-- {
		same, moved := true, false
		for i, p := range r.Parameters {
			a, b, end := s.before[i].Values, r.Steps[j].before[i].Values, last.weights[i].Values
			if a == nil || b == nil || end == nil || !p.Model || slices.Equal(a, end) {
				continue
			}
			moved = true
			same = same && slices.Equal(a, b)
		}
		if moved && same {
			for j > 0 && r.equalBefore(j-1, j) {
				j--
			}
			if j == 0 {
				return "those of the very beginning again"
			}
			return fmt.Sprintf("those of the beginning of step %d again", j+1)
		}
	}
	if back.cosine() < -0.99 && back.ratio() < -0.9 && back.ratio() > -1.1 { // in 16 bits nothing is exactly the same
		return "those ahead of its update"
	}
	if what := r.turnedBack(k); what != "" {
		return what
	}
	if other.aa > 0.25*all.aa && other.aa > 9*back.bb {
		return "others altogether, " + number(other.ratioOf(all)) + " of their norm away"
	}
	return ""
}

func (r *Recording) equalBefore(j, k int) bool {
	for i := range r.Parameters {
		if !slices.Equal(r.Steps[j].before[i].Values, r.Steps[k].before[i].Values) {
			return false
		}
	}
	return true
}
