package loop

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// supposition is another gradient that a compiled step may have given to its optimizer than that of the claimed loss: what the weights
// did is compared with what the optimizer makes of it.
type supposition struct {
	start   func(r *Recording, k, parameter int) []float32 // what was there ahead of step k; nil: nothing
	changed func(v, length float64) float64                // each number of the step's own gradient, which is so long as a whole; nil: as it is
}

// timesAsLong is a gradient that was multiplied by a number.
func timesAsLong(by float64) supposition {
	return supposition{changed: func(v, _ float64) float64 { return v * by }}
}

// suppose looks, in compiled steps whose updates aren't those of their own gradients, for gradients by which they are, and takes these
// for what the optimizer was given: the rules then see them as they see recorded ones.
func (r *Recording) suppose(b compute.Backend, all *replays) {
	aside := slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Aside })
	if !r.compiled() || all.program == nil && !aside || len(r.Optimizers) != 1 {
		return
	}
	agree := 0
	for k := range r.Steps {
		if s := &r.Steps[k]; s.Aside || s.Loss != nil && near(*s.Loss, all.steps[k].value, s.tolerance()) { // one with a penalty is what was computed aside
			agree++
		}
	}
	if 2*agree <= r.arrayed() { // another loss has other gradients
		return
	}
	fits, times, ok := r.agreement(b)
	if !ok || fits {
		return
	}
	for _, s := range []supposition{
		{start: func(r *Recording, k, i int) []float32 {
			var total []float32
			for j := range k {
				total = added(total, r.Steps[j].own(i))
			}
			return total
		}},
		timesAsLong(-1),
		timesAsLong(times),
	} {
		undo := s.take(r)
		if fits, _, ok := r.agreement(b); ok && fits { // nothing fits what isn't finite
			return
		}
		undo()
	}
	r.supposeClip(b, all)
}

// take writes what the optimizer is supposed to have seen, and returns what takes that back.
func (s supposition) take(r *Recording) (undo func()) {
	var written []func()
	for k := range r.Steps {
		step := &r.Steps[k]
		length := r.length(step)
		for _, i := range step.Stepped {
			own := step.own(i)
			if own == nil {
				continue
			}
			put := func(name string, values []float32) {
				step.values[name] = dataset.Array{Shape: r.Parameters[i].Shape, Values: values}
				written = append(written, func() { delete(step.values, name) })
			}
			if s.start != nil {
				if start := s.start(r, k, i); start != nil {
					put(fmt.Sprintf("start/%d", i), start)
				}
			}
			if s.changed != nil {
				seen := make([]float32, len(own))
				for n, v := range own {
					seen[n] = float32(s.changed(float64(v), length))
				}
				put(fmt.Sprintf("grad/%d", i), seen)
			}
		}
	}
	return func() {
		for _, f := range written {
			f()
		}
	}
}

// length is that of the gradient as a whole that a step has for the parameters that its optimizer is given.
func (r *Recording) length(s *Step) float64 {
	total := 0.0
	for _, i := range s.Stepped {
		n := norm(s.own(i))
		total += n * n
	}
	return math.Sqrt(total)
}

// How near the updates of nearly all steps must be to those that the optimizer makes for a supposition to hold.
const (
	supposedApart = 2e-2
	supposedSteps = 4
)

// agreement reports whether updates are those that the optimizer makes of the gradients it is taken to have seen, and how many times as
// long they are; not ok where that isn't known.
func (r *Recording) agreement(b compute.Backend) (fits bool, times float64, ok bool) {
	away, ratios, ok := r.distance(b)
	return ok && away < supposedApart && median(ratios) > 0.5, median(ratios), ok
}

// distance is how far updates are from those that the optimizer makes of the gradients it is taken to have seen, in the middle over steps,
// and how many times as long each is; not ok where too few are known.
func (r *Recording) distance(b compute.Backend) (away float64, ratios []float64, ok bool) {
	updates, why := r.updates(b, 0, &Report{})
	if why != "" {
		return 0, nil, false
	}
	var apart []float64
	for k := range updates {
		var whole, weights products
		for _, i := range slices.Sorted(maps.Keys(updates[k])) {
			whole.join(updates[k][i])
			weights.add(r.Steps[k].before[i].Values, nil)
		}
		if whole.bb == 0 || whole.aa == 0 || !whole.finite() {
			continue
		}
		ratios = append(ratios, whole.ratio())
		apart = append(apart, whole.apart()-rounding*math.Sqrt(weights.aa/whole.bb))
	}
	return median(apart), ratios, len(apart) >= supposedSteps
}
