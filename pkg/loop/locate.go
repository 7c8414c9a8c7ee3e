package loop

import (
	"fmt"
	"slices"
	"strings"
)

// located is what the user's program has to do with a finding: where its fault stands, the first of several that may be it, and how
// that one is mended.
type located struct {
	at    []*Place
	edits []Edit
	words string // what else there is to do or to know, as a comment behind the edits
}

// locate gives findings the line of their fault and the change in the user's own words, where the program shows them: nothing is
// looked for that the replay hasn't named.
func (r *Recording) locate(findings []Finding) {
	if r.Source == nil {
		return
	}
	for i := range findings {
		f := &findings[i]
		look := places[f.Cause]
		if r.Framework == kerasFramework {
			look = kerasPlaces[f.Cause]
		}
		r.inTheirWords(f)
		if look == nil {
			continue
		}
		l := look(r, f)
		if len(l.at) == 0 {
			continue
		}
		f.Line = &l.at[0].Line
		for _, other := range l.at[1:] {
			f.Others = append(f.Others, other.Line)
		}
		if len(l.edits) > 0 && len(l.at) == 1 {
			f.Edits = l.edits
			change := changes(l.edits)
			if l.words != "" {
				change += "\n" + l.words
			}
			if r.Framework == kerasFramework {
				f.Keras = change
			} else {
				f.Torch = change
			}
		}
	}
}

// places look for the place of each cause.
var places = map[Cause]func(r *Recording, f *Finding) located{
	WrongParameters:     wherePlacesOfParameters,
	NoUpdate:            whereNoUpdate,
	NotFinite:           whereNotFinite,
	EvalMode:            whereEval,
	Broadcast:           whereBroadcast,
	OtherLoss:           whereOtherLoss,
	MisalignedTargets:   whereMisaligned,
	Detached:            whereCut,
	GradientsCleared:    whereCleared,
	GradientsAccumulate: whereAccumulated,
	GradientsChanged:    whereChanged,
	WeightsOverwritten:  whereOverwritten,
	RateChanged:         whereRate,
	SameBatch:           whereSameBatch,
}

// steps are the places of backward and step in the recorded loop; nil where they aren't known.
func (r *Recording) steps() (backward, step *Place) {
	for k := range r.Steps {
		s := &r.Steps[k]
		if backward == nil {
			backward = r.Source.at("backward", s.BackwardLine)
		}
		if step == nil {
			step = r.Source.at("step", s.StepLine)
		}
	}
	if step == nil {
		step = one(r.Source.of("step"))
	}
	return backward, step
}

// home is a place in the training's loop: backward's, or the call of the function that it stands in; nil: there is none, or several.
func (r *Recording) home(backward *Place) *Place {
	if backward == nil || len(backward.Loops) > 0 {
		return backward
	}
	return one(apart(where(r.Source.of("call"), func(call *Place) bool {
		return len(call.Loops) > 0 && call.Calls > 0 && call.Calls == backward.Function && call.File == backward.File
	})))
}

// clearing are the places that clear gradients, and the calls of functions that do.
func (r *Recording) clearing() []*Place {
	backward, _ := r.steps()
	clears := where(r.Source.of("zero_grad", "gradients"), func(p *Place) bool { return p.Kind == "zero_grad" || p.Clears })
	calls := where(r.Source.of("call"), func(call *Place) bool {
		if backward != nil && (call.Calls == backward.Function || len(r.within(call, []*Place{backward})) > 0) { // of the whole loop, from whatever file
			return false
		}
		return len(r.within(call, clears)) > 0
	})
	return append(clears, calls...)
}

func whereCleared(r *Recording, f *Finding) located {
	backward, step := r.steps()
	if f.way == thrown || f.way == lastPass && backward != nil && step != nil && !backward.sameLoop(step) { // as in a loop over tasks
		return r.whereThrown(backward, step)
	}
	if backward == nil || step == nil {
		return located{}
	}
	if !backward.beside(step) { // as in a closure that the step calls: what clears behind backward clears ahead of it
		of := where(r.clearing(), func(p *Place) bool { return p.Kind != "call" && p.beside(backward) })
		if within := apart(where(r.clearing(), func(p *Place) bool { return p.Kind != "call" && p.beside(step) && step.behind(p) })); len(of) == 0 && len(within) > 0 {
			if at := one(within); at != nil && at.Kind == "zero_grad" { // a function that clears and steps, behind backward
				return located{at: within, edits: []Edit{gone(at), behind(step, at.code())}}
			}
			return located{at: within}
		}
		later := apart(where(of, func(p *Place) bool { return p.behind(backward) }))
		at := one(later)
		switch {
		case at == nil:
			return located{at: later}
		case len(of) > 1:
			return located{at: later, edits: []Edit{gone(at)}}
		}
		return located{at: later, edits: []Edit{gone(at), ahead(backward, r.Source.called(backward, "optimizer")+".zero_grad()")}}
	}
	if backward.behind(step) {
		return located{at: []*Place{step}, edits: []Edit{gone(step), behind(backward, step.code())}}
	}
	all := r.clearing()
	between := apart(where(all, func(p *Place) bool {
		return p.beside(step) && p.behind(backward) && step.behind(p)
	}))
	at := one(between)
	if at == nil {
		return located{at: between}
	}
	inner := []*Place{at}
	if at.Kind == "call" { // the line is the one that clears, in whatever function
		inner = apart(r.within(at, where(all, func(p *Place) bool { return p.Kind != "call" })))
	}
	if len(inner) != 1 {
		return located{at: inner}
	}
	edits := []Edit{gone(inner[0])}
	if others := where(all, func(p *Place) bool { return p != at && (p.Kind == "call" && p.beside(at) || p.sameLoop(at)) }); len(others) == 0 {
		with := at.code()
		if at.Kind != "zero_grad" {
			with = r.Source.called(backward, "optimizer") + ".zero_grad()"
		}
		edits = append(edits, ahead(backward, with))
	}
	return located{at: inner, edits: edits}
}

// whereThrown looks for what clears gradients at each batch of several that a step is made of.
func (r *Recording) whereThrown(backward, step *Place) located {
	all := r.clearing()
	if backward != nil {
		all = where(all, func(p *Place) bool { return p.sameLoop(backward) && !p.Conditional })
	}
	all = apart(all)
	at := one(all)
	switch {
	case at == nil || step == nil || at.Kind != "zero_grad" || !at.beside(step):
		return located{at: all}
	case slices.ContainsFunc(r.clearing(), func(p *Place) bool { return p != at && p.beside(step) && p.behind(step) }):
		return located{at: all, edits: []Edit{gone(at)}}
	}
	return located{at: all, edits: []Edit{gone(at), behind(step, at.code())}}
}

func whereAccumulated(r *Recording, f *Finding) located {
	backward, step := r.steps()
	if backward == nil {
		return located{}
	}
	clears := func(with string) Edit { return ahead(backward, with) }
	said := backward
	if f.way == addedUp { // ahead of backward it would clear what is to be added up
		if step == nil {
			return located{}
		}
		clears, said = func(with string) Edit { return behind(step, with) }, step
	}
	for _, method := range []string{"zero_grad", "zero_"} {
		if l := r.uncalled(method); len(l.at) > 0 {
			return l
		}
	}
	clear := r.Source.called(backward, "optimizer") + ".zero_grad()"
	if f.way == withoutOptimizer {
		if clear = r.Source.called(backward, "model") + ".zero_grad()"; clear == ".zero_grad()" {
			return located{at: []*Place{backward}}
		}
	}
	all := apart(where(r.Source.of("zero_grad", "gradients"), func(p *Place) bool { return p.Kind == "zero_grad" || p.Clears }))
	if len(all) == 0 { // p.grad.detach_() is the one half of what clears
		if at := one(apart(where(r.Source.of("gradients"), func(p *Place) bool { return p.How == "detach_" && p.Of != "" }))); at != nil {
			return located{at: []*Place{at}, edits: []Edit{behind(at, at.Of+".zero_()")}}
		}
		return located{at: []*Place{said}, edits: []Edit{clears(clear)}}
	}
	at := one(all)
	switch {
	case at == nil:
		return located{at: all}
	case at.Whose == "other" || at.Whose == "part":
		return located{at: []*Place{at}, edits: []Edit{instead(at, clear)}}
	case f.way != addedUp && at.Conditional && at.Inside != "" && at.Whole[0] < at.Line.Line:
		e := gone(at)
		e.Where, e.With = "in place of", at.Inside
		return located{at: []*Place{at}, edits: []Edit{e}}
	case at.beside(backward) && len(at.Loops) < len(backward.Loops):
		return located{at: []*Place{at}, edits: []Edit{gone(at), clears(at.code())}}
	}
	return located{}
}

func whereChanged(r *Recording, f *Finding) located {
	if f.way == byHook {
		all := apart(r.Source.of("hook"))
		at := one(all)
		if at == nil {
			return located{at: all}
		}
		return located{at: all, edits: []Edit{gone(at)}}
	}
	backward, step := r.steps()
	if f.way == neverDivided {
		scaler := r.Source.Names["scaler"]
		switch {
		case step == nil:
			return located{}
		case scaler == "" || step.Of == "" || step.Of == scaler:
			return located{at: []*Place{step}}
		}
		return located{at: []*Place{step}, edits: []Edit{instead(step, scaler+".step("+step.Of+")\n"+scaler+".update()")}}
	}
	all := apart(where(r.Source.of("gradients"), func(p *Place) bool { return !p.Clears }))
	if backward != nil && step != nil && backward.beside(step) {
		if between := where(all, func(p *Place) bool {
			return p.beside(step) && p.behind(backward) && step.behind(p)
		}); len(between) > 0 {
			all = between
		}
	}
	at := one(all)
	if at == nil {
		return located{at: all}
	}
	if f.way == misplacedTo { // where it hands gradients out they must be handed out still, otherwise
		return located{at: all}
	}
	if f.way == stillScaled {
		if step == nil || step.Of == "" || !step.beside(at) {
			return located{at: all}
		}
		return located{at: all, edits: []Edit{ahead(at, step.Of+".unscale_("+r.Source.called(step, "optimizer")+")")}}
	}
	if at.Without == "" && slices.ContainsFunc(r.Source.of("step"), func(p *Place) bool { return p.File == at.File && p.Line.Line == at.Line.Line }) {
		return located{at: all} // it would take the optimizer's step out as well
	}
	return located{at: all, edits: []Edit{instead(at, at.Without)}}
}

func whereOverwritten(r *Recording, f *Finding) located {
	all := r.Source.of("overwrite")
	if f.way == pulled { // the line is right where the weights of the other model are what it changes
		return located{at: apart(where(all, func(p *Place) bool { return !r.overOwnLoop(p) }))}
	}
	if f.way == clipped {
		if all = r.Source.of("limit"); len(all) == 0 { // w.data = w.data.clamp(…)
			all = where(r.Source.of("overwrite"), func(p *Place) bool { return p.How == "data" })
		}
	}
	if looped := where(all, func(p *Place) bool { return len(p.Loops) > 0 && !r.overOwnLoop(p) }); len(looped) > 0 {
		all = looped
	}
	all = apart(all)
	at := one(all)
	if at == nil {
		return located{at: all}
	}
	return located{at: all, edits: []Edit{gone(at)}}
}

// overOwnLoop reports whether a place stands in a loop alone that has nothing to do with the training's: over parameters, ahead of it.
func (r *Recording) overOwnLoop(p *Place) bool {
	backward, _ := r.steps()
	return backward != nil && backward.beside(p) && len(backward.Loops) > 0 && !slices.Contains(p.Loops, backward.Loops[0])
}

func whereEval(r *Recording, f *Finding) located {
	if l := r.uncalled("train"); len(l.at) > 0 { // whatever has put it into eval mode
		return l
	}
	all := apart(r.Source.of("eval"))
	backward, step := r.steps()
	if backward == nil {
		backward = step
	}
	if backward != nil { // one behind which nothing turns it back says more than that of a validation
		if ahead := where(all, func(p *Place) bool { return r.leadsTo(p, backward) }); len(ahead) == 1 {
			all = ahead
		}
	}
	at := one(all)
	if at == nil {
		return located{at: all}
	}
	switch flags := apart(where(r.Source.of("flag"), func(p *Place) bool { return at.Given != "" && p.Bound == at.Given })); {
	case len(flags) == 1:
		return located{at: flags, edits: []Edit{instead(flags[0], flags[0].Without)}}
	case at.Given != "": // the mode comes from elsewhere
		return located{at: all}
	case at.Without != "":
		return located{at: all, edits: []Edit{instead(at, at.Without)}}
	case backward != nil && at.beside(backward) && len(at.Loops) < len(backward.Loops) && at.Line.Line < backward.Line.Line && len(at.Loops) == 0:
		return located{at: all, edits: []Edit{instead(at, at.Of+".train()")}}
	case step == nil || len(step.Loops) == 0:
		return located{at: all}
	}
	inner := one(where(r.Source.of("loop"), func(p *Place) bool { return p.File == step.File && p.Line.Line == step.Loops[len(step.Loops)-1] }))
	if inner == nil {
		return located{at: all}
	}
	e := Edit{Where: "ahead of", File: inner.File, Line: inner.Body, Last: inner.Body, Text: inner.BodyText, With: r.Source.called(step, "model") + ".train()"}
	if inner.BodyTold.Among {
		e.Part = inner.BodyText
	}
	return located{at: all, edits: []Edit{e}}
}

// leadsTo reports whether a place of eval() stands in backward's function, ahead of it, without a train() in between.
func (r *Recording) leadsTo(p, backward *Place) bool {
	if !p.beside(backward) || p.Line.Line > backward.Line.Line {
		return false
	}
	return len(where(r.Source.of("train"), func(q *Place) bool {
		return q.beside(p) && p.Line.Line < q.Line.Line && q.Line.Line < backward.Line.Line
	})) == 0
}

// withoutComment is a statement of one line without what is said behind it.
func withoutComment(statement string) string {
	if at := strings.LastIndex(statement, "  #"); at > 0 {
		return strings.TrimSpace(statement[:at])
	}
	return statement
}

func header(loop *Place, bound, over string) Edit {
	return Edit{Where: "in place of", File: loop.File, Line: loop.Line.Line, Last: loop.Line.Line, Text: loop.Line.Text, With: fmt.Sprintf("for %s in %s:", bound, over)}
}
