package loop

func whereSameBatch(r *Recording, f *Finding) located {
	backward, step := r.steps()
	if backward == nil {
		backward = step
	}
	if backward = r.home(backward); backward == nil || len(backward.Loops) == 0 {
		return located{}
	}
	loop := one(where(r.Source.of("loop"), func(p *Place) bool {
		return p.File == backward.File && p.Line.Line == backward.Loops[len(backward.Loops)-1]
	}))
	if loop == nil {
		return located{}
	}
	inLoop := func(p *Place) bool { return p.sameLoop(backward) }
	if at := one(apart(r.Source.of("next"))); at != nil {
		if at.Bound == "" || !loop.Counted || loop.Body == loop.Line.Line {
			return located{at: []*Place{at}}
		}
		return located{at: []*Place{at}, edits: []Edit{header(loop, at.Bound, at.Of), gone(at)}}
	}
	if at := r.seedOfABatch(inLoop); at != nil {
		return located{at: []*Place{at}, edits: []Edit{gone(at)}}
	}
	for _, kind := range []string{"break", "seed"} {
		if at := one(apart(where(r.Source.of(kind), inLoop))); at != nil {
			return located{at: []*Place{at}, edits: []Edit{gone(at)}}
		}
	}
	rows := apart(where(r.Source.of("rows"), inLoop))
	if len(rows) > 1 {
		rows = rows[:1]
	}
	return located{at: rows}
}
