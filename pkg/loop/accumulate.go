package loop

import (
	"math"
	"slices"
)

// accumulate looks for gradients that a step has used and that are still there at the next one. Between the two there may be batches whose
// gradients are added up.
func accumulate(r *Recording) *Finding {
	if r.byHand {
		return accumulateByHand(r)
	}
	times, of := 0, 0
	var first *Step
	var ratio float64
	before, batches := 0, ""
	for k := 1; k < len(r.Steps); k++ {
		last, s := &r.Steps[k-1], &r.Steps[k]
		end := r.steppedFrom(k)
		if !last.did("step") || last.Closure || end < 0 {
			continue
		}
		step := &r.Steps[end]
		var own, whole products
		carried := 0.0
		for _, i := range step.Stepped {
			added := r.added(k, end, i)
			if added == nil || !slices.Contains(last.Stepped, i) {
				continue
			}
			carried += norm(s.start(i))
			own.add(step.seen(i), added)
			whole.add(step.seen(i), step.accumulated(i))
		}
		if own.bb == 0 || !own.finite() || !whole.finite() {
			continue
		}
		of++
		// A clip behind the sum changes its length alone.
		along := whole.cosine() > 0.9999 && own.cosine() < 0.9999
		if carried > 0 && (along || whole.apart() < 1e-3 && own.apart() > 1e-2) {
			if times++; first == nil {
				first, before, ratio, batches = step, last.Number, own.ratio(), "this batch"
				if end > k {
					batches = "the batches since its last step"
				}
			}
		}
	}
	if times == 0 || 2*times < of {
		return gathered(r)
	}
	f := found(GradientsAccumulate, 0.97, first.Number, line(first),
		"step %d: the gradient that the optimizer saw is %s times that of %s, and equals the sum with the one that step %d has used already (%d of %d steps): "+r.spoken("nothing clears it in between", "what the loop adds gradients to isn't set to zero in between"),
		first.Number, number(math.Abs(ratio)), batches, before, times, of)
	if batches != "this batch" {
		return f.by(addedUp)
	}
	return f
}

// steppedFrom is the first step from k on that the optimizer makes, where all up to it go back and keep what is there; -1: none.
func (r *Recording) steppedFrom(k int) int {
	for ; k < len(r.Steps); k++ {
		s := &r.Steps[k]
		switch {
		case s.Closure || s.Backwards == 0 || !s.Arrayed:
			return -1
		case s.did("step"):
			return k
		}
	}
	return -1
}

// added is the sum of what the backward passes of steps k to end have made; nil: one of them has made nothing of this parameter.
func (r *Recording) added(k, end, i int) []float32 {
	total := r.Steps[k].own(i)
	for k++; k <= end && total != nil; k++ {
		own := r.Steps[k].own(i)
		if own == nil {
			return nil
		}
		total = sum(total, own)
	}
	return total
}

// ofSeveralBatches reports whether a step is made of the gradients of the batch ahead of it, too, at which none was made.
func (r *Recording) ofSeveralBatches() bool {
	for k := 1; k < len(r.Steps); k++ {
		if last := &r.Steps[k-1]; r.Steps[k].did("step") && last.Backwards > 0 && !last.did("step") {
			return true
		}
	}
	return false
}

// addedUp is how gradients pile up of which the optimizer makes a step in several batches.
const addedUp = "added up"
