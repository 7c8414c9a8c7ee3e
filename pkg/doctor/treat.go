package doctor

import (
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/training"
)

// Attempt is a treatment that was tried, or two or three of them together.
type Attempt struct {
	Causes     []Cause
	Treatments []Treatment
	Training   training.Training
	Changes    training.Difference // in code, beside the training as given
	After      *Outcome            // nil where the treated case could not be run
	Err        error
	Cures      bool
	ToConstant bool    // it brings the loss down to the best constant prediction's, which is all there is to reach without signal; told where that is the finding
	Held       float64 // progress on rows that were held out, at the best epoch, where that was asked for proof; NaN: it wasn't
	ByHeart    bool    // it learns its own rows, and nothing that holds for others
	Ceiling    Ceiling // how much of the treated training's loss can be explained; the zero value: nobody asked

	suspicions []suspicion
}

// treat follows suspicions until a treatment cures.
func (e *examination) treat(suspicions []suspicion) error {
	found := e.hasSignal()
	e.planned, e.pairsToo = suspicions, found
	strong := 0
	for strong < len(suspicions) && suspicions[strong].Strength == Strong {
		strong++
	}
	until := len(suspicions)
	if strong > 1 && found {
		until = strong
	}
	e.expectAlone(suspicions[:until])
	for i, s := range suspicions {
		if i == strong && strong > 1 && found {
			// Two faults that each hide the other are likelier than a third that nothing speaks for.
			if a, err := e.tryPairs(suspicions[:strong]); err != nil || a != nil {
				if a != nil {
					e.conclude(a)
				}
				return err
			}
			e.expectAlone(suspicions[strong:])
		}
		for _, t := range e.alone(s) {
			a, err := e.try([]suspicion{s}, []Treatment{t})
			if err != nil {
				return err
			}
			if a.Cures {
				if a, err = e.withContradiction(a, suspicions); err == nil {
					a, err = e.byRateAlone(a, suspicions)
				}
				if err == nil {
					e.conclude(a)
				}
				return err
			}
		}
	}
	if found {
		for _, together := range []func([]suspicion) (*Attempt, error){e.tryPairs, e.tryTriples} {
			if a, err := together(suspicions); err != nil || a != nil {
				if a != nil {
					e.conclude(a)
				}
				return err
			}
		}
	}
	return e.giveUp(suspicions)
}

// alone are the treatments of a suspicion that are tried by themselves. Where three judges found nothing, only what contradicts
// itself, and the rate, is.
func (e *examination) alone(s suspicion) []Treatment {
	if e.patient.Look.Signal.Found() || s.Strength == Strong {
		return s.Treatments
	}
	if s.rule != learningRateTooLow && s.rule != learningRateTooHigh {
		return nil
	}
	return s.Treatments[:min(2, len(s.Treatments))]
}

// withContradiction is a cure together with the mending of what the description contradicts where both together do clearly better: what
// more epochs or another rate make up for stays wrong.
func (e *examination) withContradiction(cure *Attempt, suspicions []suspicion) (*Attempt, error) {
	for _, s := range suspicions {
		if s.rule != lossOutputMismatch || cure.suspicions[0].rule == lossOutputMismatch {
			continue
		}
		t := s.Treatments[0]
		a, err := e.try([]suspicion{s, cure.suspicions[0]}, []Treatment{t, cure.Treatments[0]})
		if err != nil {
			return nil, err
		}
		if a.Cures && 1-score(a.After.Progress) < mendedLeft*(1-score(cure.After.Progress)) {
			return a, nil
		}
	}
	return cure, nil
}

// mendedLeft is how much of what a cure leaves to learn may be left when a contradiction is mended besides.
const mendedLeft = 0.8

// maxPairs bounds the trials of pairs.
const maxPairs = 14

// clearGain is by how much of explained one treatment must be ahead of another, or of none, to be clearly better.
const clearGain = 0.05

// candidate is a treatment that may be one of a pair.
type candidate struct {
	s    suspicion
	t    Treatment
	gain float64 // by itself
}

// pairs are treatments of two causes together, as they are tried: first those that are more than possible, then each with
// other learning rates. What helped by itself comes first.
func (e *examination) pairs(suspicions []suspicion) [][2]candidate {
	var bodies, rates []candidate
	for _, s := range suspicions {
		var body *candidate // one of a rule's alternatives: the first, or one that did clearly better by itself
		for _, t := range s.Treatments {
			c := candidate{s: s, t: t, gain: e.gain(t)}
			switch {
			case t.rate > 0 && body == nil:
				rates = append(rates, c)
			case t.rate > 0:
			case body == nil && (s.Strength > Possible || c.gain > clearGain), body != nil && c.gain > body.gain+clearGain:
				body = &c
			}
		}
		if body != nil {
			bodies = append(bodies, *body)
		}
	}
	slices.SortStableFunc(bodies, func(a, b candidate) int {
		return compareDescending(float64(a.s.Strength)+min(1, max(0, a.gain)), float64(b.s.Strength)+min(1, max(0, b.gain)))
	})
	slices.SortStableFunc(rates, func(a, b candidate) int { return compareDescending(a.gain, b.gain) })
	var pairs [][2]candidate
	for i, a := range bodies {
		for _, b := range bodies[i+1:] {
			pairs = append(pairs, [2]candidate{a, b})
		}
	}
	for _, a := range bodies {
		for _, b := range rates[:min(3, len(rates))] {
			pairs = append(pairs, [2]candidate{a, b})
		}
	}
	return slices.DeleteFunc(pairs[:min(maxPairs, len(pairs))], func(p [2]candidate) bool { return p[0].s.rule == p[1].s.rule || p[0].t.Text == p[1].t.Text })
}

// tryPairs tries pairs until one cures.
func (e *examination) tryPairs(suspicions []suspicion) (*Attempt, error) {
	pairs := e.pairs(suspicions)
	e.expectPairs(pairs)
	for _, pair := range pairs {
		if e.triedTogether(pair[0].t, pair[1].t) {
			continue
		}
		a, err := e.try([]suspicion{pair[0].s, pair[1].s}, []Treatment{pair[0].t, pair[1].t})
		if err != nil {
			return nil, err
		}
		if a.Cures {
			return a, nil
		}
	}
	return nil, nil
}

func (e *examination) triedTogether(treatments ...Treatment) bool {
	return slices.ContainsFunc(e.report.Attempts, func(a *Attempt) bool {
		return slices.EqualFunc(a.Treatments, treatments, func(s, t Treatment) bool { return s.Text == t.Text })
	})
}

func compareDescending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// gain is what a treatment did when it was tried alone.
func (e *examination) gain(t Treatment) float64 {
	for _, a := range e.report.Attempts {
		if len(a.Treatments) == 1 && a.Treatments[0].Text == t.Text && a.After != nil {
			g := score(a.After.Progress) - max(e.before(), 0)
			if math.IsInf(g, 0) {
				return -1
			}
			return g
		}
	}
	return 0
}

// try runs a treated case from the same start as the untreated one.
func (e *examination) try(suspicions []suspicion, treatments []Treatment) (*Attempt, error) {
	a := &Attempt{Treatments: treatments, Training: e.patient.Training, suspicions: suspicions, Held: math.NaN()}
	for _, s := range suspicions {
		a.Causes = append(a.Causes, s.rule.Cause)
	}
	cost := 0.0
	for _, t := range treatments {
		cost = max(cost, t.costs())
	}
	e.trial(cost, "%s", textOf(treatments))
	if a.Training, a.Err = treated(a.Training, treatments); a.Err == nil {
		a.After, a.Err = e.early.get(trialName(e.patient.Training.Seed, a.Causes, treatments), a.Training)
	}
	if a.After != nil {
		a.After.before = nil // nobody asks, and weights may be many
	}
	e.report.Attempts = append(e.report.Attempts, a)
	if a.Err != nil {
		return a, e.ctx.Err()
	}
	ceiling, err := e.ceilingFor(a)
	if err != nil {
		return a, err
	}
	a.Ceiling = ceiling
	a.Cures = e.cures(a.After, ceiling.reach())
	if a.Cures && !suspicions[0].noLoss && (!e.heardQuickly() || suspiciouslyGood(a.After, ceiling)) { // to have a loss again proves it
		return a, e.confirm(a, ceiling)
	}
	return a, nil
}

// treated is a training with some treatments; with an error it is as far as they went.
func treated(c training.Training, treatments []Treatment) (_ training.Training, err error) {
	for _, t := range treatments {
		if c, err = t.Apply(c); err != nil {
			break
		}
	}
	c.Adapted = c.Started()
	return c, err
}

// textOf names treatments that are tried together.
func textOf(treatments []Treatment) string {
	var texts []string
	for _, t := range treatments {
		texts = append(texts, t.Text)
	}
	return strings.Join(texts, "; ")
}
