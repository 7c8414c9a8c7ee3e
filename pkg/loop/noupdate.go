package loop

import "slices"

// noUpdate looks for a loop in which nothing moves the weights: no backward, no step, or a loss that is cut off from them.
func noUpdate(r *Recording, all *replays) *Finding {
	if slices.ContainsFunc(r.Optimizers, func(o Optimizer) bool { return o.stepsOf() > len(r.Steps) }) { // its first step comes behind the recorded ones
		return nil
	}
	backwards, steps := 0, 0
	var first, watched *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		if first == nil {
			first = s
		}
		if s.LossGraph != "" && watched == nil {
			watched = s
		}
		backwards += s.Backwards
		if s.did("step") {
			steps++
		}
	}
	if watched == nil {
		watched = first
	}
	anyMoved, trainable, parameters := false, 0, 0
	for i, p := range r.Parameters {
		anyMoved = anyMoved || p.Model && r.moved(i)
		if p.Model {
			parameters++
		}
		if p.Trainable {
			trainable++
		}
	}
	if parameters > 0 && trainable == 0 && !anyMoved {
		return found(NoUpdate, 0.97, first.Number, line(first), "none of the model's %s is trainable, and none of them moved over %s", count(parameters, "parameter"), count(len(r.Steps), "recorded step"))
	}
	graph := map[string]string{
		"cut": r.spoken("the loss doesn't depend on the model: it has no graph, as behind .detach(), torch.no_grad(), argmax or NumPy",
			"the loss doesn't depend on the model: as behind stop_gradient, argmax or NumPy, or outside of the tape"),
		"leaf":   r.spoken("the loss was made anew, as torch.tensor(loss.item(), requires_grad=True) does, and doesn't depend on the model", "the loss was made anew, and doesn't depend on the model"),
		"number": "watch was given the loss as a number",
		"graph":  "the loss hangs together with the model",
	}[watched.LossGraph]
	if by := r.cutOff(); by != "" && watched.LossGraph == "leaf" {
		graph = by
	}
	reachedNothing := watched.LossGraph == "graph" && watched.Reached != nil && len(watched.Reached) == 0
	if reachedNothing {
		graph = r.spoken("the loss depends on no parameter of the model's: on the way the outputs were detached, or made anew", "the loss depends on no variable of the model's: on the way the outputs were cut off, or made anew")
	}
	if f := r.dropped(all); f != nil {
		return f
	}
	switch {
	case anyMoved && backwards > 0:
		return nil
	case r.compiled():
		return r.nothingCompiled(all, steps)
	case backwards == 0 && anyMoved:
		return nil // by hand, or by another optimizer of which gradients weren't seen
	case backwards == 0 && (watched.LossGraph == "cut" || watched.LossGraph == "leaf" || reachedNothing):
		return found(NoUpdate, 0.98, watched.Number, line(watched), "%s; over %s no gradient reached any of the weights, and none of them moved", graph, count(len(r.Steps), "step")).by("cut")
	case backwards == 0:
		return found(NoUpdate, 0.95, watched.Number, line(watched), r.spoken("%s, yet over %s no gradient reached any of the weights: backward() is never called, or on something else; %s of the optimizer moved nothing",
			"%s, yet over %s no gradient reached any of the weights: no gradient is asked for, or of something else; %s of the optimizer's apply() moved nothing"),
			graph, count(len(r.Steps), "recorded step"), count(steps, "call")).by("no backward")
	case steps == 0 && len(r.Optimizers) > 0:
		if !r.Ended && len(r.Steps) < 3 {
			return nil
		}
		return found(NoUpdate, 0.95, first.Number, line(first), r.spoken("backward() was called %d times over %d steps, the optimizer's step() not once, and the weights are what they were",
			"gradients were computed %d times over %d steps, the optimizer's apply() was called not once, and the weights are what they were"), backwards, len(r.Steps)).by("no step")
	case steps == 0:
		return found(NoUpdate, 0.8, first.Number, line(first), "there are gradients at each of %d steps, and the weights are what they were: nothing adds them", len(r.Steps))
	}
	return stepsNothing(r)
}

// line is the line of the user's that is nearest to what is done with gradients.
func line(s *Step) *Line {
	for _, l := range []*Line{s.StepLine, s.BackwardLine, s.Line} {
		if l != nil {
			return l
		}
	}
	return nil
}
