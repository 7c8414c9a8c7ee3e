package loop

import (
	"math"
	"slices"
)

// leastAlong is the cosine from which on weights are taken to be moved along a gradient, or along it and their last movement.
const leastAlong = 0.999

// stepsByHand finds the steps of a loop that has no optimizer and moves the weights itself. What it does shows by the weights ahead of the
// next forward pass: a movement along what lies in .grad, or along it and the movement before, as with momentum, is a step, and its rate
// is how far along. Movements of another kind, as Adam's by hand, are none: what made them isn't known.
func (r *Recording) stepsByHand() {
	if len(r.Optimizers) > 0 || r.Framework == kerasFramework {
		return
	}
	r.byHand = true
	var before map[int][]float32
	for k := range r.Steps {
		s := &r.Steps[k]
		moved := r.movements()[k]
		if len(moved) == 0 || s.did("step") || s.Closure {
			before = moved
			continue
		}
		rate, along := r.rateByHand(s, moved, before)
		before = moved
		if math.Abs(along) < leastAlong {
			continue
		}
		s.Events = append(s.Events, "step")
		for i, by := range moved {
			a := s.before[i]
			a.Values = by
			s.values[arrayName("delta", i)] = a
			if s.accumulated(i) != nil {
				s.Stepped = append(s.Stepped, i)
			}
		}
		slices.Sort(s.Stepped)
		s.weights = r.Steps[k+1].before
		s.Rates = [][]float64{{rate}}
		s.uphill = along < 0
	}
}

// movements are those of all steps, see movedBy. They are computed once for all who ask: of a large model each is as large as its weights.
func (r *Recording) movements() []map[int][]float32 {
	if r.distances == nil {
		r.distances = make([]map[int][]float32, len(r.Steps))
		for k := range r.Steps {
			r.distances[k] = r.movedBy(k)
		}
	}
	return r.distances
}

// movedBy is how far the loop moves each parameter between the beginnings of step k and of the next one; empty: nothing moves, the next
// step isn't known, or step k goes back through nothing.
func (r *Recording) movedBy(k int) map[int][]float32 {
	if k+1 >= len(r.Steps) || r.Steps[k].Backwards == 0 || !r.Steps[k].Arrayed || !r.Steps[k+1].Arrayed {
		return nil
	}
	moved := map[int][]float32{}
	for i := range r.Parameters {
		a, b := r.Steps[k].before[i].Values, r.Steps[k+1].before[i].Values
		if a != nil && b != nil && !slices.Equal(a, b) {
			moved[i] = difference(b, a)
		}
	}
	return moved
}

// rateByHand is the rate of a movement along the gradient, and the cosine between it and what it should be: below 0 where it goes uphill.
func (r *Recording) rateByHand(s *Step, moved, before map[int][]float32) (rate, along float64) {
	var own, last, both products // of movement and gradient, movement and the one before, gradient and the movement before
	for i := range r.Parameters {
		by, g := moved[i], s.accumulated(i)
		if by == nil || g == nil {
			continue
		}
		own.add(by, g)
		if before[i] != nil {
			last.add(by, before[i])
			both.add(g, before[i])
		}
	}
	if !own.finite() || own.aa == 0 || own.bb == 0 {
		return math.NaN(), 0
	}
	if c := own.cosine(); math.Abs(c) >= leastAlong {
		return math.Abs(own.ratio()), -c
	}
	// by = -rate·g + keep·before, by least squares.
	det := own.bb*last.bb - both.ab*both.ab
	if !last.finite() || !both.finite() || det <= 1e-6*own.bb*last.bb {
		return math.NaN(), 0
	}
	a := (own.ab*last.bb - last.ab*both.ab) / det
	keep := (last.ab*own.bb - own.ab*both.ab) / det
	fitted := a*a*own.bb + 2*a*keep*both.ab + keep*keep*last.bb
	if keep <= 0 || keep >= 1 || fitted <= 0 {
		return math.NaN(), 0
	}
	return math.Abs(a), -math.Copysign((a*own.ab+keep*last.ab)/math.Sqrt(fitted*own.aa), a)
}

// accumulateByHand looks for gradients that a loop without an optimizer has used and doesn't clear: weights have moved, and what lay in
// .grad lies there still. A loop that moves along each batch's own gradient all the same keeps their sum for something else.
func accumulateByHand(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	var ratio float64
	all := r.movements()
	for k := 1; k < len(r.Steps); k++ {
		s, moved := &r.Steps[k], all[k-1]
		if len(moved) == 0 || s.Backwards == 0 || s.Closure || r.Steps[k-1].Closure || !s.Arrayed {
			continue
		}
		of++
		var left, grown, along products
		for i, next := range all[k] {
			along.add(next, s.own(i))
		}
		for i := range moved {
			if there := r.Steps[k-1].accumulated(i); there != nil && s.own(i) != nil {
				left.add(s.start(i), there)
				grown.add(s.accumulated(i), s.own(i))
			}
		}
		if left.bb == 0 || !left.finite() || !grown.finite() || left.apart() > 1e-3 || math.Abs(along.cosine()) > 0.9999 {
			continue
		}
		if times++; first == nil {
			first, ratio = s, grown.ratio()
		}
	}
	if times < 2 || 2*times < of {
		return nil
	}
	return found(GradientsAccumulate, 0.97, first.Number, line(first),
		"step %d: the gradient is %s times that of this batch: it holds that by which the loop has moved the weights at step %d already (%d of %d steps): nothing clears it in between",
		first.Number, number(math.Abs(ratio)), first.Number-1, times, of).by(withoutOptimizer)
}

// withoutOptimizer is how gradients pile up where the loop moves the weights itself.
const withoutOptimizer = "without an optimizer"

// maximizesByHand reports whether most steps that a loop makes by hand go uphill.
func maximizesByHand(r *Recording) bool {
	up, of := 0, 0
	for k := range r.Steps {
		if s := &r.Steps[k]; s.did("step") {
			if of++; s.uphill {
				up++
			}
		}
	}
	return of > 1 && 2*up > of
}

// maximizedByHand is how a loss is maximized where the loop moves the weights itself.
const maximizedByHand = "maximized by hand"
