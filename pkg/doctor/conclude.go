package doctor

import (
	"fmt"
	"math"
	"slices"
)

// conclude makes findings of a cure: one for each of its causes that isn't a setting which was assumed. Where all
// are, the training is healthy as far as its own settings go.
func (e *examination) conclude(a *Attempt) {
	contradictionFirst(a)
	assumed := ""
	for i, s := range a.suspicions {
		if accusesAssumed(e.patient.Training, s.rule.Cause) {
			assumed = a.Treatments[i].Text
			continue
		}
		e.report.Findings = append(e.report.Findings, e.finding(s, a, i, true))
	}
	if len(e.report.Findings) == 0 {
		treated := a.Training
		reassume(&treated)
		e.patient.become(treated, a.After, e.patient.first)
		e.report.Before, e.report.Training = e.patient.Before, e.patient.Training
		e.healthy(fmt.Sprintf("That takes %s, where the first number was assumed and not given.", assumed))
		return
	}
	if assumed != "" {
		e.report.Remark = fmt.Sprintf("The treatment was tried together with %s, where the first number was assumed and not given.", assumed)
		for i := range e.report.Findings {
			e.report.Findings[i].Together = len(e.report.Findings) > 1
		}
	}
	e.report.Cause, e.report.After = e.report.Findings[0].Cause, a.After
	e.report.Treated = a
	e.report.Symptoms = withoutDisproved(e.report.Symptoms, a.Causes)
	if suspiciouslyGood(a.After, a.Ceiling) {
		e.report.Remark = join(e.report.Remark, "With it the training goes on to overfit: hold some rows out, and stop where their loss is lowest.")
	}
}

// withoutDisproved takes the strength from symptoms of what a proof refutes: a rate that was too low can't have been too high.
func withoutDisproved(symptoms []CauseSymptom, proved []Cause) []CauseSymptom {
	out := slices.Clone(symptoms)
	for i, s := range out {
		if s.Cause == LearningRateTooHigh && slices.Contains(proved, LearningRateTooLow) || s.Cause == LearningRateTooLow && slices.Contains(proved, LearningRateTooHigh) {
			out[i].Strength = min(s.Strength, Possible)
		}
	}
	return out
}

// contradictionFirst puts what the description contradicts ahead of what it takes besides.
func contradictionFirst(a *Attempt) {
	at := slices.IndexFunc(a.suspicions, func(s suspicion) bool { return s.rule == lossOutputMismatch })
	if at > 0 {
		a.suspicions, a.Causes, a.Treatments = inFront(a.suspicions, at), inFront(a.Causes, at), inFront(a.Treatments, at)
	}
}

// inFront is a list with one of its elements ahead of the others.
func inFront[T any](list []T, at int) []T {
	return append([]T{list[at]}, slices.Delete(slices.Clone(list), at, at+1)...)
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
	return f
}

// giveUp names what is left when nothing cured: no signal, else the treatment that helped most.
func (e *examination) giveUp(suspicions []suspicion) error {
	p := e.patient
	if !e.hasSignal() {
		return e.noSignal(suspicions)
	}
	var best *Attempt
	suspicions = slices.DeleteFunc(slices.Clone(suspicions), func(s suspicion) bool { return accusesAssumed(p.Training, s.rule.Cause) })
	for _, a := range e.report.Attempts {
		if a.After == nil || a.ByHeart || slices.ContainsFunc(a.Causes, func(c Cause) bool { return accusesAssumed(p.Training, c) }) {
			continue
		}
		gain := score(a.After.Progress) - e.before()
		if gain > limit(clearShare, helpsAt, e.reach()) && (best == nil || score(a.After.Progress) > score(best.After.Progress)+pairPays*float64(len(a.Treatments)-len(best.Treatments))) {
			best = a
		}
	}
	if best != nil && best.After.Progress > limit(helpedShare, helpedAt, e.reach()) {
		contradictionFirst(best)
		for i, s := range best.suspicions {
			e.report.Findings = append(e.report.Findings, e.finding(s, best, i, false))
		}
		e.report.Cause, e.report.After, e.report.Treated = best.Causes[0], best.After, best
		e.report.Remark = "No treatment cures it; this one helps most."
		switch len(best.Treatments) {
		case 2:
			e.report.Remark = "No treatment cures it; these two together help most."
		case 3:
			e.report.Remark = "No treatment cures it; these three together help most."
		}
		return nil
	}
	if e.startsAsNaN() {
		e.report.Cause, e.report.Remark = Undecided, startsAsNaNText
		return nil
	}
	if len(suspicions) == 0 {
		e.report.Cause, e.report.Remark = Undecided, "It is stuck, and nothing that the doctor knows speaks for a cause."
		return nil
	}
	s := suspicions[0]
	e.report.Findings, e.report.Cause = append(e.report.Findings, e.untried(s)), s.rule.Cause
	e.report.Remark = "No treatment cures it; this is the strongest suspicion."
	return nil
}

// Limits on what helps without curing: how much more progress, how much of it, and how much more a pair must bring than one
// change, so that nobody is told to make two for what one does.
const (
	helpsAt               = 0.1
	helpedShare, helpedAt = 0.3, 0.15
	pairPays              = 0.05
)

// untried is a finding on a suspicion alone.
func (e *examination) untried(s suspicion) Finding { return untriedOf(s, e.patient.Before) }

func untriedOf(s suspicion, before *Outcome) Finding {
	f := Finding{Rule: s.rule, Cause: s.rule.Cause, Symptoms: s.Symptoms, Treatment: s.Treatments[0], Before: math.NaN(), After: math.NaN()}
	if before != nil {
		f.Before = before.Explained
	}
	return f
}
