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
	start func(r *Recording, k, parameter int) []float32 // what was there ahead of step k; nil: nothing
	cut   func(own [][]float32) [][]float32              // what was made of all of a step's own gradients; nil: nothing but that
}

// timesAsLong is a gradient that was multiplied by a number.
func timesAsLong(by float64) supposition {
	return supposition{cut: func(own [][]float32) [][]float32 { return signed(own, float32(by)) }}
}

// byNumber is a gradient of which each number was changed, by itself and by the length of the whole.
func byNumber(changed func(v, length float64) float64) supposition {
	return supposition{cut: func(own [][]float32) [][]float32 {
		length := allNorm(own)
		cut := make([][]float32, len(own))
		for i, g := range own {
			cut[i] = make([]float32, len(g))
			for n, v := range g {
				cut[i][n] = float32(changed(float64(v), length))
			}
		}
		return cut
	}}
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
	r.supposeCut(b, all)
}

// supposeCut looks for a clip, one that is meant ahead of one that went wrong, by which updates are explained.
func (r *Recording) supposeCut(b compute.Backend, all *replays) {
	if all.clipped = r.supposeClip(b); all.clipped == "" && !r.supposeMiscut(b) {
		return
	}
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

// take writes what the optimizer is supposed to have seen, and returns what takes that back.
func (s supposition) take(r *Recording) (undo func()) {
	var written []func()
	for k := range r.Steps {
		step, at := &r.Steps[k], 0
		var cut [][]float32
		if s.cut != nil {
			cut = s.cut(step.ofStepped())
		}
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
			if cut != nil {
				put(fmt.Sprintf("grad/%d", i), cut[at])
				at++
			}
		}
	}
	return func() {
		for _, f := range written {
			f()
		}
	}
}

// How near the updates of nearly all steps must be to those that the optimizer makes for a supposition to hold.
const (
	supposedApart = 2e-2
	supposedSteps = 4
)

// agreement reports whether updates are those that the optimizer makes of the gradients it is taken to have seen, and how many times as
// long they are; not ok where that isn't known.
func (r *Recording) agreement(b compute.Backend) (fits bool, times float64, ok bool) {
	ratios, apart, ok := r.apart(b)
	return ok && median(apart) < supposedApart && median(ratios) > 0.5, median(ratios), ok
}

// apart is how many times as long as those that the optimizer makes the updates of steps are, and how far they are from these, relative to
// their size and but for rounding; not ok where that isn't known of enough steps.
func (r *Recording) apart(b compute.Backend) (ratios, apart []float64, ok bool) {
	updates, why := r.updates(b, 0, &Report{})
	if why != "" {
		return nil, nil, false
	}
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
	return ratios, apart, len(apart) >= supposedSteps
}
