package loopreport

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
)

// Markdown is the report with its figures inside, as PNG in data URLs, and behind it what the doctor found of model and data; nil: they
// weren't examined. An ended context is its error.
func Markdown(ctx context.Context, r *loop.Report, behind *doctor.Report) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n", r.Cause, escaped.Replace(r.Meaning))
	if behind != nil {
		fmt.Fprintf(&b, "\n%s: %s, see below.\n", WhyBehind(r), behind.Cause)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n## %s\n\n**Evidence**: %s\n", f.Cause, escaped.Replace(f.Evidence))
		if f.Line != nil && f.Line.File != "" {
			fmt.Fprintf(&b, "\n%s, line %d:\n\n```python\n%s\n```\n", escaped.Replace(f.Line.File), f.Line.Line, f.Line.Text)
			for _, other := range f.Others {
				fmt.Fprintf(&b, "\nor %s, line %d:\n\n```python\n%s\n```\n", escaped.Replace(other.File), other.Line, other.Text)
			}
		}
		for _, c := range r.Changes(f) {
			fmt.Fprintf(&b, "\nIn %s:\n\n```python\n%s\n```\n", c.Language.Name(), c.Text)
		}
	}
	if p := r.Proof; p != nil {
		b.WriteString("\n" + escaped.Replace(p.Text()) + "\n")
	}
	for _, fig := range Figures(r) {
		if err := ctx.Err(); err != nil { // a figure takes its time on a slow machine
			return "", err
		}
		var picture bytes.Buffer
		if err := figure.Render(&picture, fig, figure.PNG); err != nil {
			return "", err
		}
		title, _, _ := strings.Cut(fig.Text(), "\n")
		fmt.Fprintf(&b, "\n![%s](data:image/png;base64,%s)\n", escaped.Replace(title), base64.StdEncoding.EncodeToString(picture.Bytes()))
	}
	b.WriteString("\n## Step by step\n\n| " + strings.Join(loop.Columns, " | ") + " |\n|" + strings.Repeat(" ---: |", len(loop.Columns)) + "\n")
	for _, row := range r.Steps {
		b.WriteString("| " + strings.Join(row.Cells(), " | ") + " |\n")
	}
	for _, sentence := range r.Beneath() {
		b.WriteString("\n" + escaped.Replace(sentence) + "\n")
	}
	for _, list := range r.Lists() {
		fmt.Fprintf(&b, "\n## %s\n\n", list.Name)
		for _, l := range list.Lines {
			fmt.Fprintf(&b, "- %s\n", escaped.Replace(l))
		}
	}
	if behind != nil {
		diagnosis, err := report.Markdown(ctx, behind)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n---\n\n%s:\n\n%s", WhyBehind(r), diagnosis)
	}
	return b.String(), nil
}

var escaped = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ")
