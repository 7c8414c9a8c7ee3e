package loop

import (
	"fmt"
	"strings"
)

// evalMode looks for a model that is in eval mode at every step, and that acts otherwise in it.
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
			if backwards++; !s.Training {
				if times++; first == nil {
					first = s
				}
			}
		}
	}
	if times < 2 || 2*times < backwards {
		return nil
	}
	from := ""
	if first.Number > 1 {
		from = fmt.Sprintf(", from step %d on: behind a validation, perhaps", first.Number)
	}
	return found(EvalMode, 0.95, first.Number, first.Line, r.spoken("model.training is False at %d of %d steps with a backward%s, and %d of its modules act otherwise then (%s)", "the model is called without training=True at %d of %d steps with a gradient%s, and %d of its layers act otherwise then (%s)")+": dropout lets everything pass, batch normalization keeps the statistics that it has",
		times, backwards, from, len(r.ModeModules), strings.Join(r.ModeModules[:min(4, len(r.ModeModules))], ", "))
}
