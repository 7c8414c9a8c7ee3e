package loop

import (
	"fmt"
	"strings"
)

// leastInEval is how many steps in eval mode must have been looked at, where most of the recorded ones are in that of training.
const leastInEval = 3

// evalMode looks for a model that is in eval mode at most steps, or from one of them on, and that acts otherwise in it.
func evalMode(r *Recording) *Finding {
	if len(r.ModeModules) == 0 {
		return nil
	}
	for _, p := range r.Parameters {
		if p.Model && !p.Trainable { // a part that is frozen is often meant to be in eval mode, too
			return nil
		}
	}
	times, backwards := 0, 0
	var first *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.Backwards > 0 {
			if backwards++; !s.Training && !s.PartsTraining {
				if times++; first == nil {
					first = s
				}
			}
		}
	}
	does := fmt.Sprintf("%d of its "+r.spoken("modules", "layers")+" act otherwise then (%s): dropout lets everything pass, batch normalization keeps the statistics that it has",
		len(r.ModeModules), strings.Join(r.ModeModules[:min(4, len(r.ModeModules))], ", "))
	if times >= 2 && 2*times >= backwards {
		from := ""
		if first.Number > 1 {
			from = fmt.Sprintf(", from step %d on: behind a validation, perhaps", first.Number)
		}
		return found(EvalMode, 0.95, first.Number, first.Line, r.spoken("model.training is False at %d of %d steps with a backward%s, and ", "the model is called without training=True at %d of %d steps with a gradient%s, and ")+"%s",
			times, backwards, from, does)
	}
	if from, looked := r.leftInEval(); looked >= leastInEval && len(r.Steps) > 0 {
		return found(EvalMode, 0.93, from, r.Steps[len(r.Steps)-1].Line, r.spoken("model.training is True at first, and False", "the model is called with training=True at first, and without it")+" from step %d on, at each of %d steps that were looked at: behind a validation, perhaps. %s", from, looked, does)
	}
	return nil
}

// leftInEval is the step from which on a model that was in training mode is in eval mode and stays there, and at how many steps that was looked
// at, recorded and later ones; 0: there is none, or it came so late that the last steps may be meant to go without dropout.
func (r *Recording) leftInEval() (from, looked int) {
	trained, last := false, 0
	note := func(step int, training bool) bool {
		last = step
		switch {
		case !training && trained:
			if looked++; looked == 1 {
				from = step
			}
		case looked > 0: // it is put back: a look at something in between
			return false
		case training:
			trained = true
		}
		return true
	}
	for k := range r.Steps {
		s := &r.Steps[k]
		switch {
		case s.Backwards > 0 && s.Forwards == 0: // it was called part by part, and its mode is that where the watch stands
			return 0, 0
		case s.Backwards > 0 && !note(s.Number, s.Training || s.PartsTraining):
			return 0, 0
		}
	}
	for _, s := range r.Rates {
		if s.Training != nil && !note(s.Step, *s.Training) {
			return 0, 0
		}
	}
	if 2*(last-from+1) < from-1 {
		return 0, 0
	}
	return from, looked
}
