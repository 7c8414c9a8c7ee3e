package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Limits on what is called stuck and what is called a cure, shares of what a perfect prediction would gain over
// the best constant one.
const (
	healthyAt    = 0.5 // from here on a training learns
	stuckBelow   = 0.3 // below it doesn't; between the two it depends on where it is going
	curedAt      = 0.5
	curedSeries  = 0.4 // for recurrent models
	validationAt = 0.3 // on validation rows
	clearly      = 0.2 // more progress than before
	leftOver     = 0.5 // of what was left to learn
)

// cures decides whether a treated training is cured: it learns, clearly more than before, and where it wasn't quite stuck it
// halves what is left to learn.
func (e *examination) cures(o *Outcome) bool {
	after, before := score(o.Progress), e.before()
	cured := after > e.threshold() && after > before+clearly
	if before >= stuckBelow {
		cured = cured && (1-after) < leftOver*(1-before)
	}
	return cured
}

// threshold is what counts as a cure.
func (e *examination) threshold() float64 {
	if isRecurrent(e.patient.Training.Model) {
		return curedSeries
	}
	return curedAt
}

// before is the progress of the training as given.
func (e *examination) before() float64 {
	if e.patient.Before == nil {
		return math.Inf(-1)
	}
	before := score(e.patient.Before.Progress)
	if e.patient.unbounded() {
		return min(before, 0)
	}
	return before
}

// learns tells whether a training does what it should on the rows it trains on.
func learns(o *Outcome) bool { return o.Progress >= healthyAt }

// confirm takes a cure back that learned its rows by heart: it must show on rows that it wasn't trained on.
func (e *examination) confirm(a *Attempt) error {
	held := a.After.ValidationProgress
	if math.IsNaN(held) {
		var err error
		if held, err = e.heldOut(a.Training); err != nil {
			return err
		}
	}
	a.Cures = held > signalLimit
	return nil
}

// heldOut is the progress on a random quarter of the rows when c is trained on the others.
func (e *examination) heldOut(c training.Training) (float64, error) {
	e.trial(1, "the same with a quarter of the rows held out")
	var err error
	if c.Data, err = c.Data.Shuffle(c.Seed); err != nil {
		return 0, err
	}
	c.ValidationSplit, c.Validation = 0.25, dataset.Data{}
	c = c.Redrawn() // given weights may know the rows that are held out
	o, err := e.runner.run(e.ctx, c)
	if err != nil {
		return 0, err
	}
	return o.ValidationProgress, nil
}
