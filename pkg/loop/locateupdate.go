package loop

import "strings"

const neverReached = "never reached"

func whereNoUpdate(r *Recording, f *Finding) located {
	backward, step := r.steps()
	switch f.way {
	case "cut":
		return whereCut(r, f)
	case "no backward":
		if l := r.uncalled("backward"); len(l.at) > 0 {
			return l
		}
		if closures := apart(r.Source.of("closure")); len(closures) > 0 && len(r.Source.of("backward")) == 0 {
			if at := one(closures); at != nil {
				return located{at: closures, edits: []Edit{ahead(at, at.Of+".backward()")}}
			}
			return located{at: closures}
		}
		loss := one(apart(r.Source.of("loss")))
		if step == nil || loss == nil || len(r.Source.of("backward")) > 0 {
			return located{}
		}
		name, _, named := strings.Cut(loss.Statement, " =")
		if !named || strings.HasPrefix(name, "return ") {
			return located{at: []*Place{step}}
		}
		return located{at: []*Place{step}, edits: []Edit{ahead(step, name+".backward()")}}
	case "no step":
		if l := r.uncalled("step"); len(l.at) > 0 {
			return l
		}
		if steps := apart(r.Source.of("step")); len(steps) > 0 { // that the loop never comes to
			return r.whereNeverReached(f, steps)
		}
		if backward == nil {
			return located{}
		}
		name := r.Source.called(backward, "optimizer")
		if update := one(apart(r.Source.of("update"))); update != nil { // by a scaler, which divides its factor out first
			return located{at: []*Place{update}, edits: []Edit{ahead(update, update.Of+".step("+name+")")}}
		}
		if strings.Contains(backward.Of, ".scale(") {
			return located{at: []*Place{backward}}
		}
		if schedule := one(apart(where(r.Source.of("schedule"), func(p *Place) bool { return p.sameLoop(backward) }))); schedule != nil {
			return located{at: []*Place{schedule}, edits: []Edit{ahead(schedule, name+".step()")}}
		}
		return located{at: []*Place{backward}, edits: []Edit{behind(backward, name+".step()")}}
	}
	return located{}
}

// whereNeverReached looks for the condition that the only step waits for.
func (r *Recording) whereNeverReached(f *Finding, steps []*Place) located {
	step := one(steps)
	guards := apart(where(r.Source.of("guard"), func(p *Place) bool {
		return step != nil && p.beside(step) && p.Line.Line <= step.Line.Line && step.Last <= p.Last
	}))
	at := one(guards)
	if at == nil {
		return located{at: steps}
	}
	f.by(neverReached)
	if at.How != "%" {
		f.Torch = "# this was never true: " + strings.TrimSuffix(at.Line.Text, ":") + "\n" + step.code() + "  # at each batch, or where something is true that comes about"
		return located{at: guards}
	}
	r.inTheirWords(f)
	if at.Given == "" || at.Without == "" || len(at.Loops) < 2 {
		return located{at: guards}
	}
	e := edit("in place of", at, at.Without)
	e.Last, e.Part = e.Line, ""
	return located{at: guards, edits: []Edit{e}, words: "# " + at.Given + " begins anew with each epoch, which has too few batches for this ever to be true: a step at its end as well, or steps of fewer batches"}
}
