package doctor

import (
	"fmt"
	"slices"
	"sync"

	"example.com/unstuck/pkg/training"
)

// Interrupted is the error of an examination whose context ended, with what it had found out by then.
type Interrupted struct {
	Report *Report // Interrupted is set in it; nothing in it is a verdict
	Err    error   // the context's
}

// Error is that of the context.
func (i *Interrupted) Error() string { return i.Err.Error() }

// Unwrap gives the context's error.
func (i *Interrupted) Unwrap() error { return i.Err }

// finds are what an examination knows so far, for whoever interrupts it: it goes on in a goroutine of its own meanwhile, so
// nothing here is written to any more.
type finds struct {
	sync.Mutex
	report     *Report
	given      training.Training
	suspicions []suspicion
}

// note keeps what is known ahead of the next trial.
func (f *finds) note(e *examination) {
	if f == nil || e.report == nil { // nobody can interrupt it, or nothing is known
		return
	}
	r, p := *e.report, e.patient
	r.Look, r.Before, r.First = p.Look, p.Before, p.first
	r.Seeds = slices.Clone(r.Seeds)
	r.Symptoms = symptomsOf(e.suspicions)
	r.Attempts = nil
	for _, a := range e.report.Attempts {
		copied := *a // whether it cures may still be taken back
		r.Attempts = append(r.Attempts, &copied)
	}
	f.Lock()
	defer f.Unlock()
	f.report, f.given, f.suspicions = &r, p.Training, slices.Clone(e.suspicions)
}

// interrupted is the error of an examination that ended early; err itself where nothing was known.
func (f *finds) interrupted(err error) error {
	f.Lock()
	defer f.Unlock()
	if f.report == nil {
		return err
	}
	r := *f.report
	r.Interrupted, r.Cause, r.Findings = true, Undecided, nil
	for _, s := range f.suspicions {
		if s.Strength == Possible || len(s.Treatments) == 0 {
			continue
		}
		r.Findings = append(r.Findings, untriedOf(s, r.Before))
	}
	if len(r.Findings) > 0 {
		r.Cause = r.Findings[0].Cause
	}
	r.printTreatments(f.given)
	r.inWords()
	return &Interrupted{Report: &r, Err: err}
}

// verdictInterrupted is what can be said of an examination that was cut short.
func (r *Report) verdictInterrupted() string {
	after := "before anything was run"
	if n := len(r.Attempts); r.Before != nil || n > 0 {
		after = map[int]string{0: "after the training as given, before any treatment", 1: "after one treatment"}[min(n, 2)]
		if n > 1 {
			after = fmt.Sprintf("after %d treatments", n)
		}
	}
	told := fmt.Sprintf("Interrupted %s: this is what is known so far; it is no verdict.", after)
	if r.Before != nil {
		told = join(fmt.Sprintf("Explained %s.", explainedText(r.ExplainedBefore())), told)
	}
	if len(r.Findings) == 0 {
		return fmt.Sprintf("%s: nothing speaks for a cause yet. %s", r.Cause, told)
	}
	return fmt.Sprintf("%s, suspected: %s %s", r.Cause, r.Findings[0].Rule.Doc, told)
}
