package loop

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// supposition is another gradient that a compiled step may have given to its optimizer than that of the claimed loss: what the weights
// did is compared with what the optimizer makes of it.
type supposition struct {
	start func(r *Recording, k, parameter int) []float32 // what was there ahead of step k; nil: nothing
	times float64                                        // what the step's own gradient was multiplied by
	cut   func(own [][]float32) [][]float32              // what was made of all of a step's own gradients; nil: nothing but that
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
		}, times: 1},
		{times: -1},
		{times: times},
	} {
		if s.times == 0 || math.IsNaN(s.times) || math.IsInf(s.times, 0) {
			continue
		}
		undo := s.take(r)
		if fits, _, ok := r.agreement(b); ok && fits {
			return
		}
		undo()
	}
	all.clipped = r.supposeClip(b)
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
			} else if s.times != 1 {
				seen := make([]float32, len(own))
				for n, v := range own {
					seen[n] = v * float32(s.times)
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

// How near the updates of nearly all steps must be to those that the optimizer makes for a supposition to hold.
const (
	supposedApart = 2e-2
	supposedSteps = 4
)

// agreement reports whether updates are those that the optimizer makes of the gradients it is taken to have seen, and how many times as
// long they are; not ok where that isn't known.
func (r *Recording) agreement(b compute.Backend) (fits bool, times float64, ok bool) {
	ratios, apart, ok := r.apart(b)
	if !ok {
		return false, 0, false
	}
	return median(apart) < supposedApart && median(ratios) > 0.5, median(ratios), true
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

// still looks for parameters that stay exactly as they are over steps of which no gradient is known, while others move: the optimizer is
// given them, or the program cuts something off, and their layers are called.
func (r *Recording) still() *Finding {
	if !r.compiled() || len(r.Steps) < supposedSteps || r.highestRate(0) == 0 {
		return nil
	}
	held, cutting := r.held(), r.cutting()
	var still []int
	trainable, kernels := 0, 0
	for i, p := range r.Parameters {
		if !p.Model || !p.Trainable {
			continue
		}
		trainable++
		if (held[i] || len(cutting) > 0) && slices.Contains(r.Called, i) && !r.moved(i) {
			still = append(still, i)
			if len(p.Shape) > 1 {
				kernels++
			}
		}
	}
	// A bias alone may be ahead of a normalization.
	if kernels == 0 || len(still) == trainable {
		return nil
	}
	first := &r.Steps[0]
	if len(cutting) > 0 {
		return found(Detached, 0.85, first.Number, first.Line, "%d of %d variables are exactly the same behind %d compiled steps, though their layers are called (%s), and what the loss is made of is cut off on its way (%s)",
			len(still), trainable, len(r.Steps), r.names(still), strings.Join(cutting, ", "))
	}
	return found(Detached, 0.8, first.Number, first.Line, "%d of %d variables are exactly the same behind %d compiled steps, though their layers are called and the optimizer is given them (%s): their gradient is 0. Between them and the loss something cuts it off, as stop_gradient does; a layer whose units are all dead does the same",
		len(still), trainable, len(r.Steps), r.names(still))
}

// cutting is by what the program of compiled steps cuts off what its loss is made of; none where it asks for the gradients of other
// variables than the model's own ones, which leaves weights as they are as well.
func (r *Recording) cutting() (by []string) {
	if !r.compiled() || r.Source == nil || len(r.Source.of("variables")) > 0 {
		return nil
	}
	for _, p := range r.Source.Places {
		if p.Kind == "cut" && p.How != "requires_grad_" && !slices.Contains(by, p.How) {
			by = append(by, p.How)
		}
	}
	return by
}

// nothingCompiled tells of compiled steps behind which the weights are what they were, so many of which call the optimizer.
func (r *Recording) nothingCompiled(all *replays, calls int) *Finding {
	first := &r.Steps[0]
	known := all.agreeing(r)
	switch {
	case known < 0 && first.WeightsAssumed, known == 0: // what the loop trains isn't what was recorded
		return nil
	case len(r.Optimizers) == 0:
		return found(NoUpdate, 0.8, first.Number, line(first), "the weights behind each of %d compiled steps are what they were: nothing adds gradients to them", len(r.Steps))
	case calls == 0:
		return found(NoUpdate, 0.95, first.Number, line(first), "over %d compiled steps the optimizer's apply() was called not once, and the weights are what they were", len(r.Steps)).by("no step")
	case r.highestRate(0) > 0:
		return found(NoUpdate, 0.9, first.Number, line(first), "the weights behind each of %d compiled steps are those ahead of it, though the optimizer's apply() is among what is compiled: what it returns is dropped, or every gradient is 0", len(r.Steps)).by("dropped")
	}
	return nil // the rate tells why
}
