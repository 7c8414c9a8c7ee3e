package loop

import (
	"slices"
	"strings"
)

// uncalled is where a method is named and not called, optimizer.zero_grad without its brackets.
func (r *Recording) uncalled(method string) located {
	all := apart(where(r.Source.of("uncalled"), func(p *Place) bool { return p.How == method && (method == "train" || r.inLoop(p)) }))
	if at := one(all); at != nil {
		return located{at: all, edits: []Edit{instead(at, at.code()+"()")}}
	}
	return located{at: all}
}

// inLoop reports whether a place stands in a loop, or in a function that has none around its backward or step: a step of the loop's, then.
func (r *Recording) inLoop(p *Place) bool {
	backward, step := r.steps()
	looped := func(q *Place) bool { return q != nil && q.beside(p) && len(q.Loops) > 0 }
	return len(p.Loops) > 0 || p.Function > 0 && !looped(backward) && !looped(step)
}

// within are those of the places that a call comes to: in the function that it calls, or in one that this calls in turn.
func (r *Recording) within(call *Place, places []*Place) []*Place {
	type function struct {
		file string
		line int
	}
	var found []*Place
	known := map[function]bool{}
	todo := []*Place{call}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		// Where a function is in another file, its line alone is known.
		in := func(p *Place) bool { return next.Calls > 0 && p.Function == next.Calls && p != call }
		for _, p := range where(places, in) {
			if p.Kind != "call" && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
		for _, p := range where(r.Source.of("call"), in) {
			if of := (function{p.File, p.Line.Line}); !known[of] {
				known[of] = true
				todo = append(todo, p)
			}
		}
	}
	return found
}

// whereTaken looks for rows of x or y that are taken anew without the other's, or shuffled in their own memory.
func (r *Recording) whereTaken(within func(p *Place) bool) located {
	shuffled := apart(where(r.Source.of("shuffled"), within))
	if len(shuffled) > 0 {
		return located{at: shuffled[len(shuffled)-1:]} // the second takes another order than the first
	}
	taken := apart(where(r.Source.of("taken"), within))
	y := r.Source.Names["y"]
	if len(taken) == 0 || slices.ContainsFunc(taken, func(p *Place) bool { return p.Names[0] == y }) {
		return located{}
	}
	at := taken[0]
	if !isIdentifier.MatchString(y) || at.Given == "" {
		return located{at: taken}
	}
	return located{at: taken[:1], edits: []Edit{behind(at, y+" = "+y+"["+at.Given+"]")}}
}

// permutedAlone are the places that give one array a random order of its rows, whatever function they stand in.
func (r *Recording) permutedAlone() []*Place {
	return apart(where(r.Source.of("order"), func(p *Place) bool {
		return len(p.Names) == 1 && strings.HasPrefix(strings.ReplaceAll(p.Set, " ", ""), p.Names[0]+"="+p.Names[0]+"[")
	}))
}

// seedOfABatch is where a function that gives a batch sets the seed that it is drawn by.
func (r *Recording) seedOfABatch(inLoop func(p *Place) bool) *Place {
	return one(apart(where(r.Source.of("seed"), func(p *Place) bool {
		return slices.ContainsFunc(r.Source.of("rows"), func(rows *Place) bool {
			return inLoop(rows) && rows.Calls > 0 && rows.Calls == p.Function && rows.File == p.File
		})
	})))
}
