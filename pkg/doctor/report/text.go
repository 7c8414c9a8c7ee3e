// Package report renders the doctor's findings: as text for a terminal, as Markdown, as one self-contained
// HTML file without scripts, and as figures.
//
//	r, err := doctor.Examine(ctx, c, doctor.Options{})
//	fmt.Print(report.Text(r))     // the verdict, the findings, what was measured and what was tried
//	page, err := report.HTML(r)   // the same with figures, in one file to send on
//	err = report.Show(r)          // in a notebook
package report

import (
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/training"

	"example.com/unstuck/internal/exponent"
)

// Text is the report for a terminal. The first line is the verdict; then comes where the training started, if it wasn't at fresh
// weights, and a line that names the settings that were assumed
// because nobody gave them, where there are any; then comes, place by place, what wasn't understood.
func Text(r *doctor.Report) string {
	var b strings.Builder
	b.WriteString(r.Verdict() + "\n")
	if start := r.Start(); start != "" {
		b.WriteString(start + "\n")
	}
	if assumptions := r.Assumptions(); assumptions != "" {
		b.WriteString(assumptions + "\n")
	}
	if ceiling := r.CeilingText(); ceiling != "" {
		b.WriteString(ceiling + "\n")
	}
	if r.SeedLuck != "" {
		b.WriteString(r.SeedLuck + "\n")
	}
	if len(r.Unread) > 0 {
		b.WriteString("\nNot understood:\n")
		for _, p := range r.Unread {
			b.WriteString("  " + p.Error() + "\n")
		}
	}
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n%d. %s (%s)\n   %s\n", i+1, f.Cause, f.Standing(), f.Evidence())
		fmt.Fprintf(&b, "   Treatment: %s\n", f.Treatment.Text)
		for _, line := range code(f.Treatment.Code(r.PrintedIn()...)) {
			b.WriteString("     " + line + "\n")
		}
		fmt.Fprintf(&b, "   Source: %s\n", f.Rule.Source)
	}
	for _, t := range []notebook.Table{Symptoms(r), Treatments(r)} {
		if len(t.Rows) > 0 {
			s := sheet{width: widestTable}
			s.table(t)
			b.WriteString(s.String())
		}
	}
	return b.String()
}

// widestTable is how wide tables are in a notebook, whose cells scroll or break what is wider. In a pipe each row stays one line.
const widestTable = 100

// code are the lines of a treatment, of several languages each under its name.
func code(all []doctor.Code) []string {
	var lines []string
	for _, c := range all {
		head := map[training.Language]string{training.Go: "Go:    ", training.Keras: "Keras: ", training.PyTorch: "Torch: "}[c.Language]
		for i, line := range strings.Split(c.Text, "\n") {
			if i > 0 {
				head = strings.Repeat(" ", len(head))
			}
			if len(all) == 1 {
				head = ""
			}
			lines = append(lines, head+line)
		}
	}
	return lines
}

// Symptoms is the table of gauges: what was measured, what it should be, and the cause that it points to. What is as usual points to
// none, and is told once.
func Symptoms(r *doctor.Report) notebook.Table {
	t := notebook.Table{Title: "Symptoms", Columns: []string{"gauge", "measured", "should be", "points to", "how much"}}
	told := map[[3]string]bool{}
	for _, usual := range []bool{false, true} {
		for _, s := range r.Symptoms {
			row := [3]string{s.Gauge, number(s.Got), s.Limit}
			if s.Usual != usual || usual && told[row] {
				continue
			}
			told[row] = true
			cause := string(s.Cause)
			if usual {
				cause = ""
			}
			t.Rows = append(t.Rows, []any{row[0], row[1], row[2], cause, s.Strength.String()})
		}
	}
	return t
}

// Treatments is the table of what was tried, each from the same start on the same batches.
func Treatments(r *doctor.Report) notebook.Table {
	t := notebook.Table{Title: "Treatments tried", Columns: []string{"treatment", "against", "loss", "explained", "cures"}}
	switch {
	case r.Before == nil && r.Untrained != "":
		t.Rows = append(t.Rows, []any{"none: as given", "", "not trained", "", ""})
	case r.Before != nil:
		t.Rows = append(t.Rows, []any{"none: as given", "", number(r.Before.Loss), share(r, r.Before), ""})
	}
	for _, a := range r.Attempts {
		var texts, causes []string
		for i, treatment := range a.Treatments {
			texts, causes = append(texts, treatment.Text), append(causes, string(a.Causes[i]))
		}
		loss, explained, cures := "could not be run", "", "no"
		if a.After != nil {
			loss, explained = number(a.After.Loss), share(r, a.After)
		}
		switch {
		case a.Cures:
			cures = "yes"
		case a.ToConstant:
			cures = "to the constant"
		}
		t.Rows = append(t.Rows, []any{strings.Join(texts, " + "), strings.Join(causes, " + "), loss, explained, cures})
	}
	if len(r.Attempts) == 0 {
		t.Rows = nil
	}
	return t
}

func explained(r *doctor.Report, o *doctor.Outcome) float64 {
	if r.OnValidation {
		return o.ValidationExplained
	}
	return o.Explained
}

// share is what an outcome explains, where that can be told.
func share(r *doctor.Report, o *doctor.Outcome) string {
	if o.NothingToExplain(r.OnValidation) {
		return "can't be told"
	}
	return number(explained(r, o))
}

func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "not a number"
	case math.IsInf(x, 0):
		return "infinite"
	}
	return exponent.Short(fmt.Sprintf("%.4g", x))
}
