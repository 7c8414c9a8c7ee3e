package loop

import (
	"fmt"
	"strings"
)

// wrongParameters looks for parameters that the loss depends on, that shall be trained, that no optimizer has, and that nothing
// else moves.
func wrongParameters(r *Recording) *Finding {
	if len(r.Optimizers) == 0 {
		return nil
	}
	held, reached := r.held(), r.reached()
	if len(held) == 0 { // of Keras an optimizer holds what it is given: nothing where no step is made
		return nil
	}
	var missing, foreign, idle []int
	for i, p := range r.Parameters {
		switch {
		case p.Model && p.Trainable && !held[i] && reached[i] && !r.moved(i):
			missing = append(missing, i)
		case !p.Model && held[i]:
			foreign = append(foreign, i)
			if !reached[i] {
				idle = append(idle, i)
			}
		}
	}
	if len(foreign) == 0 && len(r.cutting()) > 0 && r.still() != nil { // what the program cuts off is given to no optimizer either, where gradients of nothing are left out
		missing = nil
	}
	var strangers [][]int
	if !r.StrangersMoved {
		for _, s := range r.Steps {
			if len(s.Strangers) > 0 {
				strangers = s.Strangers
				break
			}
		}
	}
	first := &r.Steps[0]
	line := line(first)
	told := func(f *Finding, way string) *Finding {
		f.missing = missing
		return f.by(way)
	}
	gradient := "get a gradient"
	if r.compiled() {
		gradient = "have a gradient where the loss is computed again"
	}
	switch {
	case len(idle) > 0 && len(missing) > 0:
		return told(found(WrongParameters, 0.98, first.Number, line,
			r.spoken("the optimizer holds %s that aren't this model's and that the loss doesn't depend on; %d of the model's, which get a gradient, it doesn't hold (%s), and they stay as they are. Was it made before the model, or a layer of it, was replaced?",
				"the optimizer is given %s that aren't this model's and that the loss doesn't depend on; %d of the model's, which "+gradient+", it isn't given (%s), and they stay as they are. Were the variables collected before the model, or a layer of it, was replaced?"),
			count(len(idle), "tensor"), len(missing), r.names(missing)), "replaced")
	case len(idle) > 0 && len(idle) == len(foreign) && !anyHeldReached(r, held, reached):
		return told(found(WrongParameters, 0.95, first.Number, line,
			r.spoken("the loss depends on none of the %s that the optimizer holds. Was it made before the model was replaced, or for another model?",
				"the loss depends on none of the %s that the optimizer is given. Were they collected before the model was replaced, or of another model?"), count(len(held), "parameter")), "replaced")
	case len(missing) > 0 && r.compiled():
		return told(found(WrongParameters, 0.8, first.Number, line,
			"%d of the model's %s are exactly the same behind %d compiled steps (%s), of which gradients aren't seen: they are cut off from the loss, or not given to the optimizer. If that is intended, "+r.spoken("set requires_grad_(False) on them", "set trainable = False on their layers"),
			len(missing), count(modelParameters(r), "parameter"), len(r.Steps), r.names(missing)), "missing")
	case len(missing) > 0:
		return told(found(WrongParameters, 0.9, first.Number, line,
			r.spoken("%d of the model's %s get a gradient and belong to no optimizer (%s): they are exactly the same behind %d steps. If that is intended, set requires_grad_(False) on them",
				"%d of the model's %s get a gradient and are given to no optimizer (%s): they are exactly the same behind %d steps. If that is intended, set trainable = False on their layers"),
			len(missing), count(modelParameters(r), "parameter"), r.names(missing), len(r.Steps)), "missing")
	case len(strangers) > 0:
		return told(found(WrongParameters, 0.85, first.Number, line,
			r.spoken("the loss depends on %s of shapes %s that neither the model nor the optimizer has, and they stay as they are: layers in a Python list need nn.ModuleList, and a second model its parameters in the optimizer",
				"the loss depends on %s of shapes %s that neither the model nor the optimizer has, and they stay as they are: a layer must be an attribute of the model's, and a second model's variables be given to the optimizer"),
			count(len(strangers), "parameter"), shapesText(strangers)), "strangers")
	}
	return nil
}

// reached are the parameters that a loss depended on, or that got a gradient.
func (r *Recording) reached() map[int]bool {
	reached := map[int]bool{}
	for k := range r.Steps {
		s := &r.Steps[k]
		for _, i := range s.Reached {
			reached[i] = true
		}
		for i := range r.Parameters {
			if s.own(i) != nil {
				reached[i] = true
			}
		}
	}
	return reached
}

func anyHeldReached(r *Recording, held, reached map[int]bool) bool {
	if len(reached) == 0 {
		return true // nothing is known, or nothing is reached: that is another cause
	}
	for i := range r.Parameters {
		if held[i] && reached[i] {
			return true
		}
	}
	return false
}

func modelParameters(r *Recording) (n int) {
	for _, p := range r.Parameters {
		if p.Model && p.Trainable {
			n++
		}
	}
	return n
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func shapesText(shapes [][]int) string {
	var texts []string
	for _, shape := range shapes[:min(4, len(shapes))] {
		texts = append(texts, "("+strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")+")")
	}
	if len(shapes) > 4 {
		texts = append(texts, "and more")
	}
	return strings.Join(texts, ", ")
}
