package doctor

import (
	"fmt"
	"math"
	"strings"
)

// String is the verdict, and for each finding what to change, in the report's languages, and why. Package report lays it out, with all that was
// measured and tried.
func (r *Report) String() string {
	var b strings.Builder
	b.WriteString(r.Verdict())
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n%d. %s: %s\n", i+1, f.Cause, f.Treatment.Text)
		for _, c := range f.Treatment.Code(r.PrintedIn()...) {
			fmt.Fprintf(&b, "   %s: %s\n", c.Language.Name(), strings.ReplaceAll(c.Text, "\n", "\n   "))
		}
		b.WriteString("   " + f.Evidence())
	}
	return b.String()
}

// String is what to change, in the program's language where one is known, and else in Go.
func (t Treatment) String() string {
	text := t.Text
	for _, c := range []string{t.Torch, t.Keras, t.Go} {
		if c != "" {
			return text + "\n  " + strings.ReplaceAll(c, "\n", "\n  ")
		}
	}
	return text
}

// String is the cause, how sure it is, what shows it and what to change.
func (f Finding) String() string {
	return fmt.Sprintf("%s (%s): %s\n  %s", f.Cause, f.Standing(), f.Evidence(), f.Treatment.Text)
}

// String is what was tried and what came of it, on one line.
func (a *Attempt) String() string {
	if a == nil {
		return "nil"
	}
	var texts []string
	for _, t := range a.Treatments {
		texts = append(texts, t.Text)
	}
	text := strings.Join(texts, " + ") + ": "
	switch {
	case a.After == nil:
		return text + "could not be run"
	case a.Cures:
		return text + a.After.String() + ", cured"
	}
	return text + a.After.String()
}

// String is "loss 0.25, explained 0.9", and that of validation rows where there are some.
func (o *Outcome) String() string {
	if o == nil {
		return "nil"
	}
	text := fmt.Sprintf("loss %.4g, explained %s", o.Loss, explainedText(o.Explained))
	if !math.IsNaN(o.ValidationLoss) {
		text += fmt.Sprintf("; on validation rows %.4g, %s", o.ValidationLoss, explainedText(o.ValidationExplained))
	}
	return text
}

// String is the symptom as a sentence.
func (s Symptom) String() string { return s.Text }

// String is the cause that the symptom points to, how much, and the symptom as a sentence.
func (s CauseSymptom) String() string {
	if s.Strength == 0 {
		return fmt.Sprintf("%s, as usual", s.Symptom)
	}
	return fmt.Sprintf("%s (%s): %s", s.Cause, s.Strength, s.Symptom)
}
