package loop

import (
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// trainCopies reads a loop whose optimizer trains copies of the model's weights, which are handed their gradients and copied back behind
// each step, as one whose optimizer has these weights: master copies in 32 bits of weights that have 16, above all. A copy equals its
// weight, rounded to its type, at the beginning of each step, and one of them at least is given a gradient. Copies that nobody trains, or
// whose weights stay behind, are none: the optimizer of a model that was replaced holds such.
func (r *Recording) trainCopies() {
	held, given := r.held(), false
	of := map[int]int{} // the weight of each copy
	for i, p := range r.Parameters {
		if !p.Model || held[i] {
			continue
		}
		for c, q := range r.Parameters {
			if _, is := of[c]; !is && !q.Model && held[c] && slices.Equal(p.Shape, q.Shape) && r.equal(i, c) {
				of[c], given = i, given || r.given(c)
				break
			}
		}
	}
	if !given {
		return
	}
	renamed := func(all []int) []int {
		for n, c := range all {
			if i, ok := of[c]; ok {
				all[n] = i
			}
		}
		return all
	}
	for _, o := range r.Optimizers {
		for _, group := range o.Holds {
			renamed(group)
		}
	}
	for k := range r.Steps {
		s := &r.Steps[k]
		s.Stepped, s.Absent = renamed(s.Stepped), renamed(s.Absent)
		for c, i := range of {
			s.takeCopy(c, i, r.Parameters[i])
		}
	}
	for _, i := range of {
		r.Parameters[i].copied = true
	}
	r.follow()
}

// equal reports whether a weight is another parameter, rounded, at the beginning of each recorded step.
func (r *Recording) equal(i, c int) bool {
	same := 0
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.Arrayed {
			continue
		}
		weight, copied := s.before[i].Values, s.before[c].Values
		if weight == nil || copied == nil || !slices.Equal(weight, r.Parameters[i].rounded(copied)) {
			return false
		}
		same++
	}
	return same > 1
}

// given reports whether a parameter has gradients at its optimizer's steps that no backward pass left there.
func (r *Recording) given(c int) bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool {
		_, seen := s.of("grad", c)
		return seen && s.own(c) == nil
	})
}

// takeCopy takes what a step tells of a copy as told of its weight.
func (s *Step) takeCopy(c, i int, p Parameter) {
	if a, ok := s.of("grad", c); ok {
		s.values[arrayName("grad", i)] = a
	}
	if by := s.update(c); by != nil {
		s.values[arrayName("delta", i)] = dataset.Array{Shape: p.Shape, Values: by}
	}
	if s.weights[c].Values != nil {
		s.values[arrayName("after", i)] = dataset.Array{Shape: p.Shape, Values: p.rounded(s.weights[c].Values)}
	}
	for _, kind := range ofParameters {
		delete(s.values, arrayName(kind, c))
	}
}
