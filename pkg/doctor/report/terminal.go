package report

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/training"
)

// TerminalOptions say how a report is laid out for a terminal.
type TerminalOptions struct {
	Width int  // in columns; 0: lines are as long as they come, for what reads them line by line
	Color bool // with the terminal's own colours
	All   bool // whatever was measured and tried, and not only what is suspicious
}

// Terminal is the report for a person at a terminal: the verdict, what to change, then why, and what was measured that is suspicious.
// Lines of code are never broken, for they are copied; a comment behind one that is too wide goes to a line of its own.
func Terminal(r *doctor.Report, o TerminalOptions) string {
	s := newSheet(o)
	name, meaning, _ := strings.Cut(r.Verdict(), ": ")
	s.paragraph("", "", s.verdict(r.Cause, name)+": "+meaning)
	for _, told := range []string{r.Start(), r.Assumptions(), r.CeilingText(), r.SeedLuck} {
		if told != "" {
			s.paragraph("", "", told)
		}
	}
	if len(r.Unread) > 0 {
		s.heading("Not understood")
		for _, p := range r.Unread {
			s.paragraph("  ", "    ", p.Error())
		}
	}
	s.changes(r)
	s.reasons(r)
	s.measured(r, o.All)
	s.tried(r, o.All)
	return s.String()
}

func (s *sheet) changes(r *doctor.Report) {
	if len(r.Findings) == 0 {
		return
	}
	s.heading("What to change")
	for i, f := range r.Findings {
		s.paragraph(fmt.Sprintf("%d. ", i+1), "   ", f.Treatment.Text)
		for _, line := range s.fittedCode(f.Treatment.Code(r.PrintedIn()...)) {
			s.line("     " + line)
		}
	}
}

func (s *sheet) reasons(r *doctor.Report) {
	if len(r.Findings) == 0 {
		return
	}
	s.heading("Why")
	for i, f := range r.Findings {
		s.paragraph(fmt.Sprintf("%d. ", i+1), "   ", fmt.Sprintf("%s (%s)", s.bold(string(f.Cause)), f.Standing()))
		s.paragraph("   ", "   ", f.Evidence())
		s.paragraph("   ", "   ", s.faint("Source: "+f.Rule.Source))
	}
}

// measured are the gauges that are out of their range; all of them where that is asked for.
func (s *sheet) measured(r *doctor.Report, all bool) {
	shown := *r
	shown.Symptoms = slices.Clone(r.Symptoms)
	if !all {
		shown.Symptoms = slices.DeleteFunc(shown.Symptoms, func(c doctor.CauseSymptom) bool { return !Suspicious(c) })
	}
	if t := Symptoms(&shown); len(t.Rows) > 0 {
		t.Title = "Suspicious"
		if all {
			t.Title = "Measured"
		}
		s.table(t)
	}
	if n := len(r.Symptoms) - len(shown.Symptoms); n > 0 {
		s.paragraph("", "", s.faint(fmt.Sprintf("Left out: %s in the usual range or inconclusive (--all lists them).", counted(n, "gauge"))))
	}
}

// tried are the treatments; without all, how many there are. What is known of an interrupted examination is all of them.
func (s *sheet) tried(r *doctor.Report, all bool) {
	if len(r.Attempts) == 0 {
		return
	}
	if all || r.Interrupted {
		s.table(Treatments(r))
		return
	}
	s.paragraph("", "", s.faint(fmt.Sprintf("%s tried: --all lists what each did to the loss.", counted(len(r.Attempts), "treatment"))))
}

// Suspicious reports whether a gauge is out of its range, so that it speaks for a cause.
func Suspicious(s doctor.CauseSymptom) bool { return !s.Usual && s.Strength > doctor.Possible }

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// fittedCode are the lines of a treatment, comments behind those that are too wide below them.
func (s *sheet) fittedCode(all []doctor.Code) []string {
	const indent = 5
	var fitted []doctor.Code
	for _, c := range all {
		comment := "  # "
		if c.Language == training.Go {
			comment = " // "
		}
		var lines []string
		for line := range strings.SplitSeq(c.Text, "\n") {
			code, behind, found := strings.Cut(line, comment)
			if s.width > 0 && found && indent+len("Keras: ")+width(line) > s.width {
				lines = append(lines, code, strings.TrimSpace(comment)+" "+behind)
				continue
			}
			lines = append(lines, line)
		}
		fitted = append(fitted, doctor.Code{Language: c.Language, Text: strings.Join(lines, "\n")})
	}
	return code(fitted)
}

// table is a [notebook.Table] within the sheet's width.
func (s *sheet) table(t notebook.Table) {
	s.heading(t.Title)
	s.grid(t.Columns, t.Rows)
}
