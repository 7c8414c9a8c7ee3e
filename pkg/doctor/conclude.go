package doctor

import (
	"math"
)

// conclude makes findings of a cure: one for each of its causes.
func (e *examination) conclude(a *Attempt) {
	for i, s := range a.suspicions {
		e.report.Findings = append(e.report.Findings, e.finding(s, a, i, true))
	}
	e.report.Cause, e.report.After = a.Causes[0], a.After
	e.report.Treated = a
}

func (e *examination) finding(s suspicion, a *Attempt, i int, verified bool) Finding {
	f := Finding{Rule: s.rule, Cause: s.rule.Cause, Symptoms: s.Symptoms, Treatment: a.Treatments[i], Verified: verified,
		Before: math.NaN(), After: math.NaN(), Together: len(a.Treatments) > 1}
	if e.patient.Before != nil {
		f.Before = e.patient.Before.Explained
	}
	if a.After != nil {
		f.After = a.After.Explained
	}
	f.Confidence = 0.3
	if verified {
		f.Confidence = 0.8 + 0.05*float64(s.Strength)
	}
	return f
}

// giveUp names what is left when nothing cured: no signal, else the treatment that helped most.
func (e *examination) giveUp(suspicions []suspicion) error {
	p := e.patient
	if !p.Look.Signal.Found() {
		return e.noSignal(suspicions)
	}
	var best *Attempt
	for _, a := range e.report.Attempts {
		if a.After != nil && len(a.Treatments) == 1 && score(a.After.Progress) > e.before()+0.1 && (best == nil || score(a.After.Progress) > score(best.After.Progress)) {
			best = a
		}
	}
	if best != nil && best.After.Progress > 0.15 {
		e.report.Findings = append(e.report.Findings, e.finding(best.suspicions[0], best, 0, false))
		e.report.Cause, e.report.After, e.report.Treated = best.Causes[0], best.After, best
		e.report.Remark = "No treatment cures it; this one helps most."
		return nil
	}
	if len(suspicions) == 0 {
		e.report.Cause = LookAtTheLoop
		return nil
	}
	s := suspicions[0]
	e.report.Findings, e.report.Cause = append(e.report.Findings, e.untried(s)), s.rule.Cause
	e.report.Remark = "No treatment cures it; this is what speaks loudest."
	return nil
}

// untried is a finding on a suspicion alone.
func (e *examination) untried(s suspicion) Finding {
	f := Finding{Rule: s.rule, Cause: s.rule.Cause, Symptoms: s.Symptoms, Treatment: s.Treatments[0], Confidence: 0.2, Before: math.NaN(), After: math.NaN()}
	if e.patient.Before != nil {
		f.Before = e.patient.Before.Explained
	}
	return f
}
