package doctor

import (
	"fmt"
	"math"
)

// noSignalRule has no Suspect: it is what remains, and what all judges agree on.
var noSignalRule = &Rule{
	Cause:  NoSignal,
	Doc:    "The inputs say nothing about the targets: the best possible loss is that of the best constant prediction.",
	Source: "the variance of the targets, the loss of the best constant prediction, bounds every model that knows nothing of them",
}

func (e *examination) noSignal(suspicions []suspicion) error {
	defer e.markToConstant()
	for _, s := range suspicions {
		if s.Strength == Strong && (s.rule == lossOutputMismatch || s.rule == outputRangeMismatch) {
			return e.contradictionWithoutSignal(s)
		}
	}
	for _, s := range suspicions {
		if s.rule == numericRange && s.Strength == Strong {
			e.roundedWithoutSignal(s)
			return nil
		}
	}
	e.report.Findings, e.report.Cause = append(e.report.Findings, e.noSignalFinding()), NoSignal
	return e.reachConstant(suspicions)
}

// roundedWithoutSignal says both where float32 keeps too little of the inputs and where what is left of them says nothing: whether
// they did before they were rounded nobody can tell from these rows.
func (e *examination) roundedWithoutSignal(s suspicion) {
	e.report.Findings, e.report.Cause = append(e.report.Findings, e.untried(s), e.noSignalFinding()), s.rule.Cause
	e.report.Remark = "What float32 has rounded away can't be recovered here, and what is left says nothing about the targets: read the numbers in float64, standardize them, and diagnose again."
}

// contradictionWithoutSignal says both where a last layer is wrong and where there is nothing to learn: what the description contradicts is
// so whatever the data hold, and is mended first. It is proved where the training gets to the constant only without it.
func (e *examination) contradictionWithoutSignal(s suspicion) error {
	a := e.tried(s.Treatments[0])
	if a == nil {
		var err error
		if a, err = e.try([]suspicion{s}, s.Treatments[:1]); err != nil {
			return err
		}
	}
	f := e.untried(s)
	if a.After != nil {
		f = e.finding(s, a, 0, e.toConstant(a))
		e.report.After, e.report.Treated = a.After, a
	}
	e.report.Findings, e.report.Cause = append(e.report.Findings, f, e.noSignalFinding()), s.rule.Cause
	e.report.Remark = "Once fixed, it can at best reach the loss of the best constant prediction: the inputs say nothing about these targets."
	return nil
}

func (e *examination) noSignalFinding() Finding {
	p := e.patient
	s := p.Look.Signal
	f := Finding{
		Rule: noSignalRule, Cause: NoSignal, Before: math.NaN(), After: math.NaN(),
		Symptoms: []Symptom{{Gauge: "share of the targets' variance that the best judge explains on held-out rows", Got: s.Best(), Limit: fmt.Sprintf("above %g", signalLimit),
			Text: fmt.Sprintf("on held-out rows a linear model explains %.3f of the targets' variance, the nearest neighbours %.3f, boosted trees %.3f, a network %.3f", s.Linear, s.Neighbours, s.Trees, s.Network)}},
		Treatment: Treatment{Text: "find inputs that have to do with the targets, or check that rows of x and y belong together"},
	}
	if p.Before != nil {
		f.Before = p.Before.Explained
		text := fmt.Sprintf("the loss is %.4g, and that of the best constant prediction, the best possible one of rows that weren't seen, %.4g", p.Before.Loss, p.Look.Constant)
		if p.Before.Loss < p.Look.Constant {
			text += ": anything below that is memorized"
		}
		if finite(p.Before.Loss) {
			f.Symptoms = append(f.Symptoms, Symptom{Gauge: "loss over that of the best constant prediction", Got: p.Before.Loss / p.Look.Constant, Limit: "about 1", Text: text})
		}
	}
	return f
}

// reachConstant adds a finding on the learning rate: proved, where the training doesn't even get to the best
// constant prediction and another rate does; unproved, where the rate is far out of its range and without signal
// it makes no difference.
func (e *examination) reachConstant(suspicions []suspicion) error {
	for _, s := range suspicions {
		if s.rule != learningRateTooLow && s.rule != learningRateTooHigh || accusesAssumed(e.patient.Training, s.rule.Cause) {
			continue
		}
		if e.before() > -constantReached {
			if s.Strength == Strong && len(s.Treatments) > 0 {
				a := &Attempt{Treatments: s.Treatments[:1], Causes: []Cause{s.rule.Cause}}
				e.report.Findings = append(e.report.Findings, e.finding(s, a, 0, false))
			}
			continue
		}
		for _, t := range s.Treatments {
			a := e.tried(t)
			if a == nil {
				var err error
				if a, err = e.try([]suspicion{s}, []Treatment{t}); err != nil {
					return err
				}
			}
			if e.toConstant(a) {
				f := e.finding(s, a, 0, true)
				e.report.Findings, e.report.After, e.report.Treated = append(e.report.Findings, f), a.After, a
				return nil
			}
		}
	}
	return nil
}

// markToConstant tells of all that was tried what got to the best constant prediction, where the training as given doesn't: that proves
// a finding where no treatment can cure.
func (e *examination) markToConstant() {
	for _, a := range e.report.Attempts {
		a.ToConstant = e.toConstant(a)
	}
}

func (e *examination) toConstant(a *Attempt) bool {
	return a.After != nil && !(e.before() > -constantReached) && score(a.After.Progress) > -constantReached
}

// constantReached is how far above the best constant's loss, as a share of it, still counts as having got there.
const constantReached = 0.1

func (e *examination) tried(t Treatment) *Attempt {
	for _, a := range e.report.Attempts {
		if len(a.Treatments) == 1 && a.Treatments[0].Text == t.Text {
			return a
		}
	}
	return nil
}
