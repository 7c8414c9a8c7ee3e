package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/training"
)

// asGiven is the name of the training as given among those that run early.
const asGiven = "as given"

func seedName(seed int64) string { return fmt.Sprintf("seed %d", seed) }

// trialName tells trials apart.
func trialName(seed int64, causes []Cause, treatments []Treatment) string {
	return fmt.Sprintf("%d %v %s", seed, causes, textOf(treatments))
}

// trialOf is a trial of treatments of the training at hand, as [examination.try] makes it.
func (e *examination) trialOf(suspicions []suspicion, treatments ...Treatment) expected {
	c := e.patient.Training
	var causes []Cause
	for _, s := range suspicions {
		causes = append(causes, s.rule.Cause)
	}
	return expected{name: trialName(c.Seed, causes, treatments), make: func() (training.Training, error) { return treated(c, treatments) }}
}

// oneByOne are the trials of the treatments of suspicions, each alone.
func (e *examination) oneByOne(suspicions []suspicion) (list []expected) {
	for _, s := range suspicions {
		for _, t := range e.alone(s) {
			list = append(list, e.trialOf([]suspicion{s}, t))
		}
	}
	return list
}

func (e *examination) expectAlone(suspicions []suspicion) { e.early.expect(e.oneByOne(suspicions)) }

func (e *examination) expectPairs(pairs [][2]candidate) {
	var list []expected
	for _, p := range pairs {
		if !e.triedTogether(p[0].t, p[1].t) {
			list = append(list, e.trialOf([]suspicion{p[0].s, p[1].s}, p[0].t, p[1].t))
		}
	}
	e.early.expect(list)
}

// expectSeeds is told ahead of other seeds: where they agree that it is stuck, the treatments are next.
func (e *examination) expectSeeds(stuck bool, suspicions []suspicion) {
	seed := func(i int64) expected {
		c := e.patient.Training
		c.Seed += i
		return expected{name: seedName(c.Seed), make: func() (training.Training, error) { return c, nil }}
	}
	list := []expected{seed(1), seed(2)}
	if stuck {
		list = append(list[:1], e.oneByOne(suspicions)...)
	}
	e.early.expect(list)
}

// expectHeld is told ahead of what is tried against learning by heart.
func (e *examination) expectHeld(sorted, memory suspicion) {
	var list []expected
	if sorted.Suspicion != nil {
		list = append(list, e.trialOf([]suspicion{sorted}, shuffleRows))
	}
	for _, t := range memory.Treatments {
		list = append(list, e.trialOf([]suspicion{memory}, t))
	}
	e.early.expect(list)
}
