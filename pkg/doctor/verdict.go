package doctor

import (
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/internal/exponent"
)

// Verdict is the report in one sentence.
func (r *Report) Verdict() string {
	before := explainedText(r.ExplainedBefore())
	switch {
	case r.Interrupted:
		return r.verdictInterrupted()
	case len(r.Unread) > 0:
		return r.verdictUnread()
	case r.FromHistory && r.Cause == Healthy:
		return join("healthy, as far as a curve can show.", r.Remark)
	case r.FromHistory && r.Cause == Undecided:
		return join("undecided: a curve alone doesn't say why.", r.Remark)
	case r.Cause == LookAtTheLoop:
		return fmt.Sprintf("%s: model, data and settings train well here (explained %s), so the fault is in the code around them.", r.Cause, before)
	case r.Cause == Healthy:
		with := ""
		if assumed := r.decidedByAssumed(); assumed != nil {
			with = fmt.Sprintf(" with settings that were assumed (%s)", strings.Join(assumed, ", "))
		}
		text := fmt.Sprintf("%s: the training learns%s; it explains %s of the loss of the best constant prediction.", r.Cause, with, before)
		return join(text, r.Remark)
	case r.Cause == Undecided && r.Before != nil && !r.nothingLeft(r.Before):
		return join(fmt.Sprintf("%s: explained %s.", r.Cause, before), r.Remark)
	case len(r.Findings) == 0:
		return join(string(r.Cause)+":", r.Remark)
	}
	f := r.Findings[0]
	name := string(f.Cause)
	if f.Together {
		for i, other := range r.Findings[1:] {
			name += firstOf(i == 0, " with ", " and ") + string(other.Cause)
		}
	}
	text := fmt.Sprintf("%s: %s", name, f.Rule.Doc)
	on := ""
	if r.Before != nil && r.Before.Output != "" {
		on = fmt.Sprintf(" of the worst output, %q at first,", r.Before.Output)
	}
	if r.OnValidation {
		on += " on validation rows"
	}
	treated := r.Treated != nil && r.Treated.After != nil && f.Cause != NoSignal
	switch {
	case r.Untrained != "":
		text += " " + untrainedText(r.Untrained, treated, r.ExplainedAfter())
	case treated && r.nothingLeft(r.Before):
		text += fmt.Sprintf(" What it explains%s can't be told: %s", on, nothingLeftText)
		if after := r.ExplainedAfter(); !math.IsNaN(after) && !r.nothingLeft(r.After) {
			text += fmt.Sprintf("; with the treatment %s is explained", explainedText(after))
		}
		text += "."
	case treated:
		text += " " + fromTo(on, r.ExplainedBefore(), r.ExplainedAfter())
	}
	if f.Cause == NoSignal && r.Before != nil && r.Untrained == "" {
		text += fmt.Sprintf(" It is %.4g here; the loss is %.4g.", r.Look.Constant, r.Before.Loss)
	}
	return join(text, r.Remark)
}

// fromTo says what a treatment did. Where there is no number nothing was explained that could be told.
func fromTo(on string, before, after float64) string {
	switch {
	case math.IsNaN(before) && math.IsNaN(after):
		return fmt.Sprintf("The loss%s is not a number, and isn't with the treatment.", on)
	case math.IsNaN(before):
		return fmt.Sprintf("The loss%s is not a number; with the treatment %s is explained.", on, explainedText(after))
	}
	return fmt.Sprintf("Explained%s %s; with the treatment %s.", on, explainedText(before), explainedText(after))
}

func join(texts ...string) string {
	var parts []string
	for _, t := range texts {
		if t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, " ")
}

// explainedText is a share with two or three digits; "not a number" for NaN.
func explainedText(x float64) string {
	if math.IsNaN(x) {
		return "not a number"
	}
	return exponent.Short(fmt.Sprintf("%.3g", x))
}
