package loop

import (
	"fmt"
	"math"
	"strings"
)

// Text is the report in plain text.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.Cause, r.Meaning)
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n%d. %s (confidence %.2f)\n   %s\n", i+1, f.Cause, f.Confidence, f.Evidence)
		if f.Line != nil && f.Line.File != "" {
			fmt.Fprintf(&b, "   %s:%d: %s\n", f.Line.File, f.Line.Line, f.Line.Text)
			for _, other := range f.Others {
				fmt.Fprintf(&b, "   or %s:%d: %s\n", other.File, other.Line, other.Text)
			}
		}
		for _, change := range []struct{ name, code string }{{"Torch", f.Torch}, {"Keras", f.Keras}} {
			if change.code != "" {
				fmt.Fprintf(&b, "     %s: %s\n", change.name, strings.ReplaceAll(change.code, "\n", "\n            "))
			}
		}
	}
	if p := r.Proof; p != nil {
		b.WriteString("\n" + p.text())
	}
	b.WriteString("\n" + table(r.Steps))
	b.WriteString(r.lists("", "  "))
	return b.String()
}

// lists are the remarks and what wasn't checked, each behind its heading: what stands between a heading and its lines, and ahead of
// each line.
func (r *Report) lists(between, indent string) string {
	var b strings.Builder
	for _, list := range []struct {
		name  string
		lines []string
	}{{"Unusual, and no fault", r.Remarks}, {"Not checked", r.Unchecked}} {
		if len(list.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s:\n%s", list.name, between)
		for _, l := range list.lines {
			fmt.Fprintf(&b, "%s- %s\n", indent, l)
		}
	}
	return b.String()
}

// text says what the correct step did to the loss.
func (p *Proof) text() string {
	if !(p.LaterEnd < p.Start && p.LaterEnd < p.RecordedEnd) {
		return fmt.Sprintf("No proof: the claimed loss of all recorded rows was %s at the start and %s behind the recorded steps; the step that loss and optimizer give, on the same batches and through the recorded model, brings it to %s behind %d times as many.\n",
			cell(p.Start), cell(p.RecordedEnd), cell(p.LaterEnd), Passes)
	}
	return fmt.Sprintf("Proof: the claimed loss of all recorded rows was %s at the start and %s behind the recorded steps. With the correct step on the same batches it is %s behind as many, and %s behind %d times as many.\n",
		cell(p.Start), cell(p.RecordedEnd), cell(p.CorrectEnd), cell(p.LaterEnd), Passes)
}

// table is the steps, one a line. Gradient and update are by the replayed ones: 1 where they agree.
func table(rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5s %12s %12s %10s %8s %8s %10s\n", "step", "loss", "replayed", "gradient", "cosine", "update", "rate")
	for _, r := range rows {
		fmt.Fprintf(&b, "%5d %12s %12s %10s %8s %8s %10s\n", r.Step, cell(r.Loss), cell(r.Replayed), cell(r.GradientRatio), cell(r.GradientCosine), cell(r.UpdateRatio), cell(r.Rate))
	}
	return b.String()
}

func cell(n Number) string {
	if math.IsNaN(float64(n)) {
		return "–"
	}
	return fmt.Sprintf("%.4g", float64(n))
}
