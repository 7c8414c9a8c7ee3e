package report

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/training"
)

// Markdown is the report with its figures inside, as PNG in data URLs. An ended context is its error.
func Markdown(ctx context.Context, r *doctor.Report) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", escapeMarkdown(r.Verdict()))
	if start := r.Start(); start != "" {
		fmt.Fprintf(&b, "\n%s\n", escapeMarkdown(start))
	}
	if assumptions := r.Assumptions(); assumptions != "" {
		fmt.Fprintf(&b, "\n%s\n", escapeMarkdown(assumptions))
	}
	if ceiling := r.CeilingText(); ceiling != "" {
		fmt.Fprintf(&b, "\n%s\n", escapeMarkdown(ceiling))
	}
	if r.SeedLuck != "" {
		fmt.Fprintf(&b, "\n%s\n", escapeMarkdown(r.SeedLuck))
	}
	if len(r.Unread) > 0 {
		b.WriteString("\nNot understood:\n\n")
		for _, p := range r.Unread {
			fmt.Fprintf(&b, "- %s\n", escapeMarkdown(p.Error()))
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n**Evidence** (%s): %s\n\n**Treatment:** %s\n", f.Cause, escapeMarkdown(f.Rule.Doc),
			f.Standing(), escapeMarkdown(f.Evidence()), escapeMarkdown(f.Treatment.Text))
		for _, c := range f.Treatment.Code(r.PrintedIn()...) {
			highlighted := "python"
			if c.Language == training.Go {
				highlighted = "go"
			}
			fmt.Fprintf(&b, "\nIn %s:\n\n```%s\n%s\n```\n", c.Language.Name(), highlighted, c.Text)
		}
		fmt.Fprintf(&b, "\nSource: %s\n", escapeMarkdown(f.Rule.Source))
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
		fmt.Fprintf(&b, "\n![%s](data:image/png;base64,%s)\n", escapeMarkdown(title), base64.StdEncoding.EncodeToString(picture.Bytes()))
	}
	for _, t := range []notebook.Table{Symptoms(r), Treatments(r)} {
		if len(t.Rows) > 0 {
			b.WriteString("\n" + markdownTable(t))
		}
	}
	return b.String(), nil
}

func markdownTable(t notebook.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", t.Title)
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.Columns)
	rule := make([]string, len(t.Columns))
	for i := range rule {
		rule[i] = "---"
	}
	line(rule)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = escapeMarkdown(fmt.Sprint(c))
		}
		line(cells)
	}
	return b.String()
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ")

func escapeMarkdown(s string) string { return markdownEscapes.Replace(s) }
