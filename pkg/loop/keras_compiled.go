package loop

import (
	"slices"
	"strings"
)

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

// cutting is by what the program of compiled steps cuts off what its loss is made of.
func (r *Recording) cutting() []string {
	if !r.compiled() {
		return nil
	}
	return r.cuts()
}

// cuts are by what a program cuts off what its loss is made of; none where it asks for the gradients of other variables than the
// model's own ones, which leaves weights as they are as well.
func (r *Recording) cuts() (by []string) {
	if r.Source == nil || len(r.Source.of("variables")) > 0 {
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
