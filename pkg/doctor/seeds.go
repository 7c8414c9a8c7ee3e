package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/training"
)

// settleSeed makes sure that the verdict isn't one seed's luck. Two more seeds are asked where a run says
// something that the gauges don't:
//
//   - it learns in spite of initial weights that shouldn't let it: one stuck seed is enough to look for a cure;
//   - it is stuck and nothing contradicts itself: that must be so for two of three seeds.
//
// The baseline is then the first run that shows what the verdict is about.
func (e *examination) settleSeed(suspicions []suspicion) error {
	p := e.patient
	contradicts := slices.ContainsFunc(suspicions, func(s suspicion) bool {
		return s.Strength == Strong && s.rule != learningRateTooHigh && s.rule != learningRateTooLow && s.rule != tooFewEpochs
	})
	initial := slices.ContainsFunc(suspicions, func(s suspicion) bool {
		return s.Strength == Strong && len(s.Treatments) > 0 && s.Treatments[0].Text == defaultInitializers.Text
	})
	stuck := e.isStuck(p.Before)
	if stuck == contradicts || !stuck && !initial {
		return nil
	}
	needed := 1
	if stuck {
		needed = 2
	}
	e.expectSeeds(stuck, suspicions)
	var other training.Training
	var outcome *Outcome
	against := 0
	for i := int64(1); i <= 2; i++ {
		c := p.Training
		c.Seed += i
		e.trial(1, "training as given with seed %d", c.Seed)
		o, err := e.early.get(seedName(c.Seed), c)
		if err != nil {
			return err
		}
		e.report.Seeds = append(e.report.Seeds, o)
		if e.isStuck(o) != stuck {
			against++
			if outcome == nil {
				other, outcome = c, o
			}
		} else if stuck {
			return nil // two of three agree
		}
		if against == needed {
			return e.changeSeed(other, outcome)
		}
	}
	return nil
}

// changeSeed makes another run of the training the baseline.
func (e *examination) changeSeed(c training.Training, o *Outcome) (err error) {
	p := e.patient
	e.report.SeedLuck = fmt.Sprintf("Luck plays a part: seed %d ends with %s explained, seed %d, which is reported here, with %s.",
		p.Training.Seed, explainedText(p.Before.Explained), c.Seed, explainedText(o.Explained))
	first, err := e.runner.gauge(e.ctx, c)
	p.become(c, o, first)
	e.report.Training = c
	return err
}

func (e *examination) isStuck(o *Outcome) bool {
	return !(o.Progress >= limit(stuckShare, stuckBelow, e.reach()))
}
