package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// dropped looks for stateless steps whose new weights the loop doesn't go on with: each begins with those of the first step again, as
// the optimizer was given them, or as the losses show.
func (r *Recording) dropped(all *replays) *Finding {
	if r.Framework != kerasFramework || len(r.Steps) < leastCompared+1 {
		return nil
	}
	first := &r.Steps[0]
	const what = ": what the step returns is dropped, or only written to the model's variables, which a stateless step doesn't read"
	steps, same := 0, 0
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.View != viewGradients || !s.Arrayed || !s.did("step") {
			break
		}
		moved := false
		for i := range r.Parameters {
			moved = moved || norm(s.update(i)) > 0
		}
		if moved {
			steps++
			if r.equalBefore(0, k) {
				same++
			}
		}
	}
	switch {
	case steps > leastCompared && steps == len(r.Steps) && same == steps:
		return found(NoUpdate, 0.97, first.Number, line(first), "the optimizer moved the weights at each of %d steps, and each of them was given those of the first step again"+what, steps).by("dropped")
	case r.compiled() && !r.weightsStay():
		if n := r.lossesOfTheFirst(all); n > 0 {
			return found(NoUpdate, 0.95, first.Number, line(first), "behind each compiled step there are other weights, and yet the losses of %d later steps are those of the first step's weights"+what, n).by("dropped")
		}
	}
	return nil
}

// weightsStay reports whether no weight was recorded to move.
func (r *Recording) weightsStay() bool {
	for i, p := range r.Parameters {
		if p.Model && r.moved(i) {
			return false
		}
	}
	return true
}

// agreeing counts the steps behind the first whose loss is the claimed one of the recorded weights, where that of the first step is;
// -1 where that isn't known.
func (all *replays) agreeing(r *Recording) int {
	agree := func(k int) (same, known bool) {
		l, v := r.Steps[k].Loss, all.steps[k].value
		if l == nil || math.IsNaN(v) {
			return false, false
		}
		return near(*l, v, r.Steps[k].tolerance()), true
	}
	if same, known := agree(0); !same || !known || len(r.Steps) < leastCompared+1 {
		return -1
	}
	n := 0
	for k := 1; k < len(r.Steps); k++ {
		same, known := agree(k)
		if !known {
			return -1
		}
		if same {
			n++
		}
	}
	return n
}

// lossesOfTheFirst counts later steps, all of them or none, whose loss is the claimed one of the first step's weights, where that of the
// recorded ones it mostly isn't.
func (r *Recording) lossesOfTheFirst(all *replays) int {
	if n := all.agreeing(r); all.program == nil || n < 0 || 2*n > len(r.Steps) || slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Draws }) {
		return 0
	}
	if err := all.program.at(r.Steps[0].before); err != nil {
		return 0
	}
	for k := 1; k < len(r.Steps); k++ {
		s := &r.Steps[k]
		outputs, err := all.program.outputs(s.named("x"))
		if err != nil || !r.claimedOf(outputs, s, all) {
			return 0
		}
	}
	return len(r.Steps) - 1
}

// claimedOf reports whether the recorded loss of a step is the claimed one of these outputs.
func (r *Recording) claimedOf(outputs []dataset.Array, s *Step, all *replays) bool {
	claims, _ := r.claims(outputs, s.named("y"))
	return s.Loss != nil && slices.ContainsFunc(claims, func(c claim) bool {
		v, _, err := c.value(all.backend)
		return err == nil && near(v, *s.Loss, s.tolerance())
	})
}

// foreign says of compiled steps that the weights of the loop aren't those that were recorded, as their losses show; empty: they are.
func (r *Recording) foreign(all *replays) string {
	if !r.compiled() || !r.weightsStay() || all.agreeing(r) > 0 || !r.Steps[0].WeightsAssumed {
		return ""
	}
	return "what the steps do to the weights: the loop carries its own, as stateless_apply returns them, and the model's variables, which don't move, are none of them. Give them to the watch: watch(x, y, loss, weights=trainable_variables)"
}
