package report

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"example.com/unstuck/internal/exponent"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/training"
)

// Named is a report on one of several trainings.
type Named struct {
	Name   string
	Report *doctor.Report
}

// Compared is a table of the reports of several trainings, a row for each finding and one for a report without: the cause and what
// stands behind it, what shows it, the treatment in words and, where Keras has code for it, as it is typed there, and what is explained
// without and with it. The code is on one line, without comments; lines are parted by semicolons.
func Compared(title string, all ...Named) notebook.Table {
	t := notebook.Table{Title: title, Columns: []string{"training", "the doctor says", "evidence", "treatment", "explained"}}
	for _, one := range all {
		if len(one.Report.Findings) == 0 {
			t.Rows = append(t.Rows, []any{one.Name, string(one.Report.Cause), "", "", rounded(one.Report.ExplainedBefore())})
		}
		for _, f := range one.Report.Findings {
			share := rounded(f.Before)
			if !math.IsNaN(f.After) {
				share += " → " + rounded(f.After)
			}
			t.Rows = append(t.Rows, []any{one.Name, fmt.Sprintf("%s (%s)", f.Cause, f.Standing()), f.Evidence(), typed(f.Treatment), share})
		}
	}
	return t
}

func rounded(share float64) string {
	if math.IsNaN(share) {
		return "NaN"
	}
	return exponent.Short(fmt.Sprintf("%.3g", share))
}

// comment is one of Python's as treatments have them: at the start of a line, or two blanks behind its code.
var comment = regexp.MustCompile(`(^|  )#.*`)

// typed is a treatment in words and as it is typed in Keras.
func typed(t doctor.Treatment) string {
	for _, code := range t.Code(training.Keras) {
		var lines []string
		for line := range strings.SplitSeq(code.Text, "\n") {
			if line = strings.TrimSpace(comment.ReplaceAllString(line, "")); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			return t.Text + ": " + strings.Join(lines, "; ")
		}
	}
	return t.Text
}
