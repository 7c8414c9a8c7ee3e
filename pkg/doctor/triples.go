package doctor

import (
	"math"
	"slices"
)

// maxTriples bounds the trials of three treatments together.
const maxTriples = 8

// tryTriples adds a third change to the pair that helps most, until one cures: a last layer and a scale that hide each other may be
// mended and still want the updates that nobody gave them. Where no pair does more than its parts there is nothing to build on.
func (e *examination) tryTriples(suspicions []suspicion) (*Attempt, error) {
	triples := e.triples(suspicions)
	e.expectTriples(triples)
	for _, three := range triples {
		a, err := e.try(suspicionsOf(three), treatmentsOf(three))
		if err != nil {
			return nil, err
		}
		if a.Cures {
			return a, nil
		}
	}
	return nil, nil
}

// triples are the pair that helps most, each time with another change of a third cause: first what speaks loudest, and of equals what
// helped by itself. Of a rate both that helped most are among them.
func (e *examination) triples(suspicions []suspicion) [][]candidate {
	pair := e.bestPair()
	if pair == nil {
		return nil
	}
	base := []candidate{{s: pair.suspicions[0], t: pair.Treatments[0]}, {s: pair.suspicions[1], t: pair.Treatments[1]}}
	rated := pair.Treatments[0].rate > 0 || pair.Treatments[1].rate > 0
	var thirds []candidate
	for _, s := range suspicions {
		if slices.Contains(pair.Causes, s.rule.Cause) || accusesAssumed(e.patient.Training, s.rule.Cause) {
			continue
		}
		var own []candidate
		for _, t := range s.Treatments {
			if !rated || t.rate == 0 { // a second rate takes the place of the first
				own = append(own, candidate{s: s, t: t, gain: e.gain(t)})
			}
		}
		slices.SortStableFunc(own, func(a, b candidate) int { return compareDescending(a.gain, b.gain) })
		few := 1
		if len(own) > 0 && own[0].t.rate > 0 {
			few = 2
		}
		thirds = append(thirds, own[:min(few, len(own))]...)
	}
	slices.SortStableFunc(thirds, func(a, b candidate) int {
		return compareDescending(float64(a.s.Strength)+min(1, max(0, a.gain)), float64(b.s.Strength)+min(1, max(0, b.gain)))
	})
	var triples [][]candidate
	for _, third := range thirds[:min(maxTriples, len(thirds))] {
		triples = append(triples, append(slices.Clone(base), third))
	}
	return triples
}

// bestPair is the pair that explains most of those that explain more than each of their parts and than the training as given; nil:
// there is none.
func (e *examination) bestPair() (best *Attempt) {
	for _, a := range e.report.Attempts {
		if len(a.Treatments) != 2 || a.After == nil || a.ByHeart {
			continue
		}
		least := max(e.before(), 0)
		for _, t := range a.Treatments {
			least = max(least, e.aloneExplains(t))
		}
		if score(a.After.Progress) > least+pairPays && (best == nil || score(a.After.Progress) > score(best.After.Progress)) {
			best = a
		}
	}
	return best
}

// aloneExplains is what is explained with a treatment by itself; minus infinity: nobody tried.
func (e *examination) aloneExplains(t Treatment) float64 {
	if a := e.tried(t); a != nil && a.After != nil {
		return score(a.After.Progress)
	}
	return math.Inf(-1)
}

func (e *examination) expectTriples(triples [][]candidate) {
	var list []expected
	for _, three := range triples {
		list = append(list, e.trialOf(suspicionsOf(three), treatmentsOf(three)...))
	}
	e.early.expect(list)
}

func suspicionsOf(candidates []candidate) (all []suspicion) {
	for _, c := range candidates {
		all = append(all, c.s)
	}
	return all
}

func treatmentsOf(candidates []candidate) (all []Treatment) {
	for _, c := range candidates {
		all = append(all, c.t)
	}
	return all
}
