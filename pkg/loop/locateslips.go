package loop

import (
	"slices"
	"strings"
)

// uncalled is where a method is named and not called, optimizer.zero_grad without its brackets.
func (r *Recording) uncalled(method string) located {
	all := apart(where(r.Source.of("uncalled"), func(p *Place) bool { return p.How == method && len(p.Loops) > 0 }))
	if at := one(all); at != nil {
		return located{all, []Edit{instead(at, at.code()+"()")}}
	}
	return located{at: all}
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
	return located{taken[:1], []Edit{behind(at, y+" = "+y+"["+at.Given+"]")}}
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
