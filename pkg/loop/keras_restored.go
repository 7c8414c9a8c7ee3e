package loop

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// restored looks for compiled steps that begin with weights of an earlier time. What a compiled step begins with isn't seen, and is taken
// to be what the one before has left; where the loss with these isn't the recorded one, and with those that an earlier step began with is,
// the step began with them, and the rules then see it do so.
func (r *Recording) restored(b compute.Backend, all *replays) {
	if !r.compiled() || all.program == nil || len(all.program.states) > 0 { // where states go on, each step is computed behind the one before
		return
	}
	if first := &r.Steps[0]; first.Loss == nil || !near(*first.Loss, all.steps[0].value, first.tolerance()) { // what it begins with is known: the loss is another one
		return
	}
	from := map[int]int{} // the step whose weights each begins with
	agree, apart := 0, 0
	for k := range r.Steps {
		s, value := &r.Steps[k], all.steps[k].value
		switch {
		case s.Aside || s.Loss == nil || math.IsNaN(value) || len(s.before) == 0:
			continue
		case near(*s.Loss, value, s.tolerance()):
			agree++
			continue
		}
		apart++
		if j, ok := r.beganAs(b, all, k); ok {
			from[k] = j
		}
	}
	// By chance a loss with other weights is as near once in some thousand steps.
	if len(from) == 0 || 2*len(from) < apart || 4*(agree+len(from)) < 3*(agree+apart) || agree < leastCompared && len(from) < supposedSteps {
		return
	}
	undo := r.begin(b, all, from)
	if fits, _, ok := r.agreement(b); ok && !fits || !ok && len(from) < 2 {
		undo()
	}
}

// beganAs is an earlier step whose weights give step k its loss.
func (r *Recording) beganAs(b compute.Backend, all *replays, k int) (int, bool) {
	s := &r.Steps[k]
	for j := k - 1; j >= 0; j-- {
		if !r.Steps[j].Arrayed || j+1 < k && r.equalBefore(j, j+1) || r.equalBefore(j, k) {
			continue
		}
		there := s.beginning(r.Steps[j].before)
		if all.program.stand(there) != nil {
			return 0, false
		}
		one := replayed{value: math.NaN()}
		r.replayLoss(there, &one, b, func(string, ...any) {})
		if near(*s.Loss, one.value, s.tolerance()) {
			return j, true
		}
	}
	return 0, false
}

// beginning is a step that begins with other weights and ends as it does; what was computed of it is left out.
func (s *Step) beginning(before []dataset.Array) *Step {
	other := *s
	other.before, other.values, other.Stepped = before, maps.Clone(s.values), nil
	for name := range s.values {
		for _, kind := range []string{"out", "own/", "delta/"} {
			if len(name) >= len(kind) && name[:len(kind)] == kind {
				delete(other.values, name)
			}
		}
	}
	for i, a := range before {
		if a.Values != nil {
			other.values[arrayName("before", i)] = a
		}
	}
	for i, a := range s.weights {
		if a.Values != nil {
			other.values[arrayName("after", i)] = a
		}
	}
	return &other
}

// begin has steps begin with the weights that others began with, and replays them; it returns what takes that back.
func (r *Recording) begin(b compute.Backend, all *replays, from map[int]int) (undo func()) {
	steps, replays := slices.Clone(r.Steps), slices.Clone(all.steps)
	for _, k := range slices.Sorted(maps.Keys(from)) {
		there := r.Steps[k].beginning(r.Steps[from[k]].before)
		one := replayed{value: math.NaN(), scale: math.NaN(), along: math.NaN(), output: math.NaN()}
		unchecked := func(string, ...any) {}
		err := all.program.stand(there)
		if err == nil {
			r.replayLoss(there, &one, b, unchecked)
			err = r.replayGradient(there, &one, all.program, unchecked)
		}
		if err != nil {
			all.unchecked = append(all.unchecked, fmt.Sprintf("at step %d, gradients with the weights that it began with: %v", there.Number, err))
		}
		r.Steps[k], all.steps[k] = *there, one
	}
	return func() { copy(r.Steps, steps); copy(all.steps, replays) }
}
