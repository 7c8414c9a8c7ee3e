package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Limits on what is called stuck and what is called a cure: shares of what can be explained, see [Ceiling], and never more than
// what they are of data that say everything. That cap is reached from two thirds to five sixths on: beyond, a training that is half-way to
// perfect has left nothing behind that keeps it from learning.
//
// Shares are below 1 for what judges may know better than the model, and far apart, so that nothing is healthy and cured at once:
// a cure must show more than health needs.
const (
	healthyShare, healthyAt       = 0.6, 0.5 // from here on a training learns
	stuckShare, stuckBelow        = 0.4, 0.3 // below it doesn't; between the two it depends on where it is going
	curedShare, curedAt           = 0.75, 0.5
	curedSeries                   = 0.4 // for recurrent models
	validationShare, validationAt = 0.4, 0.3
	clearShare, clearly           = 0.3, 0.2 // more progress than before
	leftOver                      = 0.5      // of what was left to learn
	provedShare                   = 0.4      // on held-out rows, by a treatment that may have learned by heart
	leastLimit                    = 0.04     // less is chance
)

// limit is one on data of which so much can be explained.
func limit(share, most, reach float64) float64 { return max(leastLimit, min(most, share*reach)) }

// cures decides whether a treated training is cured: it learns, clearly more than before, and where it wasn't quite stuck it
// halves what is left to learn.
func (e *examination) cures(o *Outcome, reach float64) bool {
	after, before := score(o.Progress), e.before()
	cured := after > e.threshold(reach) && after > before+limit(clearShare, clearly, reach)
	if before >= limit(stuckShare, stuckBelow, reach) {
		top := max(reach, after)
		cured = cured && (top-after) < leftOver*(top-before)
	}
	return cured
}

// threshold is what counts as a cure where so much can be explained.
func (e *examination) threshold(reach float64) float64 {
	if isRecurrent(e.patient.Training.Model) {
		return limit(curedShare, curedSeries, reach)
	}
	return limit(curedShare, curedAt, reach)
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
func (e *examination) learns(o *Outcome) bool {
	return o.Progress >= limit(healthyShare, healthyAt, e.reach())
}

// byHeart is how far above what can be explained of rows that weren't seen a training must be before it may know its own by heart.
const byHeart = 0.1

// suspiciouslyGood tells whether a treatment explains more than there is to explain.
func suspiciouslyGood(o *Outcome, c Ceiling) bool {
	return c.Known() && !c.AtLeast && o.Progress > c.Explained+max(byHeart, 3*c.Deviation) && o.Progress > c.Explained/curedShare
}

// confirm takes a cure back that learned its rows by heart: it must show on rows that it wasn't trained on.
func (e *examination) confirm(a *Attempt, c Ceiling) error {
	held := a.After.bestValidation()
	if math.IsNaN(held) {
		var err error
		if held, err = e.heldOut(a.Training); err != nil {
			return err
		}
	}
	least := signalLimit
	if c.Known() && e.heardQuickly() {
		rows := float64(a.Training.Data.Rows() - a.Training.TrainRows())
		if rows == 0 {
			rows = heldShare * float64(a.Training.Data.Rows())
		}
		// What a prediction that is right about so much explains of few rows scatters by the second term.
		least = max(leastLimit, provedShare*c.Explained, 2*math.Sqrt(max(0, c.Explained)/rows))
	}
	a.Held, a.Cures, a.ByHeart = held, held > least, !(held > least)
	return nil
}

// bestValidation is the progress on validation rows at the best of the epochs: what holds for them in any is not learned by heart. NaN:
// there are none.
func (o *Outcome) bestValidation() float64 {
	best := o.ValidationProgress
	if math.IsNaN(o.validationConstant) {
		return best
	}
	for _, v := range o.History.ValidationLoss() {
		if e := (yardstick{constant: o.validationConstant}).explained(v); e > best || math.IsNaN(best) && finite(e) {
			best = e
		}
	}
	return best
}

// heldShare of the rows are held out where a treatment may have learned by heart.
const heldShare = 0.25

// heldOut is the progress on a random quarter of the rows when c is trained on the others.
func (e *examination) heldOut(c training.Training) (float64, error) {
	e.trial(1, "the same with a quarter of the rows held out")
	var err error
	if c.Data, err = c.Data.Shuffle(c.Seed); err != nil {
		return 0, err
	}
	c.ValidationSplit, c.Validation = heldShare, dataset.Data{}
	c = c.Redrawn() // given weights may know the rows that are held out
	o, err := e.runner.run(e.ctx, c)
	if err != nil {
		return 0, err
	}
	return o.bestValidation(), nil
}
