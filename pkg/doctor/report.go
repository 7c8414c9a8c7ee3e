package doctor

import (
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/training"
)

// Report is the result of an examination.
type Report struct {
	Cause    Cause     // the verdict: that of the first finding, or Healthy, LookAtTheLoop or Undecided
	Findings []Finding // the cause first; several where only a combination cures. None: nothing to cure
	Remark   string    // what to know besides
	// FromHistory says that only the history of a training was examined, see [ExamineHistory].
	FromHistory bool
	// Unread is what a reader didn't understand of the training, where that was all that there is to examine, see
	// [ExaminePartial]: nothing was trained then.
	Unread training.Problems
	// Interrupted says that the examination was cut short, see [Interrupted]: Cause is what is suspected, or Undecided, and no
	// finding is verified.
	Interrupted bool
	// Untrained says why the training could not be run as it was given, or not to its end, whatever its weights and rate: nothing in it is
	// trainable, or the loss doesn't take its targets. Empty: it could.
	Untrained string
	SeedLuck  string // told where the given seed is no fair sample
	// Languages are those in which treatments are printed; nil: those of the training's owner, see [training.Training.Languages].
	Languages []training.Language

	Training     training.Training
	Look         Look
	Ceiling      Ceiling        // how much of the loss can be explained on unseen rows
	Symptoms     []CauseSymptom // everything that was measured, the strongest suspicion first
	First        *Gauges        // probes' readings of the first steps as given; nil where it could not be run
	Before       *Outcome       // of the training as given; nil where it could not be run
	After        *Outcome       // of the best treatment; nil without one
	Treated      *Attempt       // that treatment
	Attempts     []*Attempt     // all treatments tried, in order
	Seeds        []*Outcome     // of the training as given with other seeds, where that was asked
	OnValidation bool           // before and after are told for the validation rows
}

// CauseSymptom is a symptom with the cause that it points to, or would if it weren't as usual.
type CauseSymptom struct {
	Cause    Cause
	Strength Strength // 0: it is as usual
	Symptom
}

// Finding is a cause with what shows it and what undoes it.
type Finding struct {
	Rule      *Rule
	Cause     Cause
	Symptoms  []Symptom
	Treatment Treatment
	Before    float64 // explained without and with the treatment; NaN: not a number, or not tried
	After     float64
	Verified  bool // the treatment was tried, and the training learns with it
	Together  bool // it takes the treatments of all findings together
}

// Evidence is what speaks for the finding, in one line: its symptoms but for those that are as usual.
func (f Finding) Evidence() string {
	var texts []string
	for _, s := range f.Symptoms {
		if !s.Usual && !slices.Contains(texts, s.Text) {
			texts = append(texts, s.Text)
		}
	}
	switch {
	case len(texts) > 0:
		return strings.Join(texts, "; ")
	case f.Verified && f.Together:
		return "no gauge is out of its range; that it learns with these changes together is the proof"
	case f.Verified:
		return "no gauge is out of its range; that it learns with the treatment is the proof"
	}
	return "no gauge is out of its range"
}

// ExplainedBefore is what the training as given explains; NaN where it could not be run or went to NaN.
func (r *Report) ExplainedBefore() float64 { return r.explained(r.Before) }

// ExplainedAfter is what it explains with the treatment; NaN without one.
func (r *Report) ExplainedAfter() float64 { return r.explained(r.After) }

func (r *Report) explained(o *Outcome) float64 {
	switch {
	case o == nil:
		return math.NaN()
	case r.OnValidation:
		return o.ValidationExplained
	}
	return o.Explained
}

// printTreatments writes what each finding's treatment changes in the training as it was given.
func (r *Report) printTreatments(given training.Training) {
	for i, f := range r.Findings {
		if f.Treatment.Apply == nil {
			continue
		}
		treated, err := f.Treatment.Apply(given)
		if err != nil {
			continue // behind another treatment alone: then there is nothing to print
		}
		d := training.Compare(given, treated)
		printed := &r.Findings[i].Treatment
		printed.Go, printed.Keras, printed.Torch = d.Go, d.Keras, d.Torch
		if d.Torch == "" && given.OfTorch() {
			printed.Torch = "# " + inTorch(printed.Text)
		}
	}
	for _, a := range r.Attempts {
		if a.Err == nil || a.After != nil {
			a.Changes = training.Compare(given, a.Training)
		}
	}
}
