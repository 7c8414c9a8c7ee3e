package loop

import (
	"fmt"
	"html"
	"strings"
)

// Markdown is the report in Markdown.
func (r *Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n", r.Cause, r.Meaning)
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n## %d. %s\n\nConfidence %.2f. %s\n", i+1, f.Cause, f.Confidence, f.Evidence)
		if f.Line != nil && f.Line.File != "" {
			fmt.Fprintf(&b, "\n`%s:%d`\n", f.Line.File, f.Line.Line)
		}
		for _, change := range []struct{ name, code string }{{"PyTorch", f.Torch}, {"Keras", f.Keras}} {
			if change.code != "" {
				fmt.Fprintf(&b, "\nIn %s:\n\n```python\n%s\n```\n", change.name, change.code)
			}
		}
	}
	if p := r.Proof; p != nil {
		b.WriteString("\n" + p.text())
	}
	b.WriteString("\n| step | loss | replayed | gradient | cosine | update | rate |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, row := range r.Steps {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s | %s |\n", row.Step, cell(row.Loss), cell(row.Replayed), cell(row.GradientRatio), cell(row.GradientCosine), cell(row.UpdateRatio), cell(row.Rate))
	}
	b.WriteString(r.lists("\n", ""))
	return b.String()
}

// HTML is the report as a page of its own, in plain text.
func (r *Report) HTML() string {
	return fmt.Sprintf("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head><body><pre>%s</pre></body></html>\n", html.EscapeString(string(r.Cause)), html.EscapeString(r.Text()))
}
