package loop

import (
	"slices"
	"strings"
)

func whereRate(r *Recording, f *Finding) located {
	_, step := r.steps()
	if step == nil {
		return located{}
	}
	all := where(r.Source.of("schedule", "rate"), func(p *Place) bool { return f.way == "zero" || len(p.Loops) > 0 || !p.beside(step) })
	if len(step.Loops) == 0 { // of a function that is called for each batch, whose schedule is
		if with := where(r.Source.of("schedule"), func(p *Place) bool { return p.beside(step) }); len(with) > 0 && f.way == "" {
			return r.whereSteppedAlong(with)
		}
	}
	if f.way == tinyFactor {
		return located{at: apart(r.Source.of("scheduler"))}
	}
	if f.way == "zero" {
		if all = where(all, func(p *Place) bool { return p.Kind == "rate" }); len(all) == 0 { // then it is what the schedule is made with
			return located{at: apart(r.Source.of("scheduler"))}
		}
	}
	all = apart(all)
	at := one(all)
	switch {
	case at == nil:
		return located{at: all}
	case at.Kind == "rate":
		return located{at: all, edits: []Edit{gone(at)}}
	case len(at.Loops) < 2 || !slices.Equal(at.Loops, step.Loops):
		return located{at: all}
	}
	inner := r.innermost(at)
	if inner == nil || at.Whole[0] != at.Line.Line {
		return located{at: all}
	}
	return located{at: all, edits: []Edit{gone(at), edit("behind the loop of", inner, at.code())}}
}

// innermost is the loop that a place stands in; nil: none, or it isn't known.
func (r *Recording) innermost(p *Place) *Place {
	if len(p.Loops) == 0 {
		return nil
	}
	return one(where(r.Source.of("loop"), func(loop *Place) bool { return loop.File == p.File && loop.Line.Line == p.Loops[len(p.Loops)-1] }))
}

// whereSteppedAlong is where a function steps a schedule beside the optimizer, and the change that steps it behind the loop that calls
// this function, where that loop is one of several and has the schedule by the same name.
func (r *Recording) whereSteppedAlong(with []*Place) located {
	all := apart(with)
	at := one(all)
	if at == nil || at.Whole[0] != at.Line.Line {
		return located{at: all}
	}
	l := located{at: all, edits: []Edit{gone(at)}, words: "# " + at.code() + " belongs behind the loop over batches, once an epoch; where its numbers are steps it may stay, and they are to be larger"}
	call := one(apart(where(r.Source.of("call"), func(p *Place) bool { return at.Function > 0 && p.Calls == at.Function && p.File == at.File })))
	if call == nil || len(call.Loops) < 2 || call.Of != "self" || !strings.HasPrefix(at.Of, "self.") {
		return l
	}
	if inner := r.innermost(call); inner != nil {
		return located{at: all, edits: append(l.edits, edit("behind the loop of", inner, at.code()))}
	}
	return l
}
