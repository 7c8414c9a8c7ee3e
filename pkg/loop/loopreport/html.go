// Package loopreport renders what a replay of a recorded loop has found: as one self-contained HTML file without scripts, as Markdown,
// and as figures.
//
//	r, err := loop.Diagnose(ctx, recording, loop.Options{})
//	page, err := loopreport.HTML(ctx, r, nil) // in one file to send on
//	err = loopreport.Show(r)                  // in a notebook
package loopreport

import (
	"bytes"
	"context"
	"html/template"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
)

// HTML is the report as one file: figures inline as SVG, no scripts, nothing loaded from elsewhere. What the doctor found of model and
// data behind the loop follows; nil: they weren't examined. An ended context is its error.
func HTML(ctx context.Context, r *loop.Report, behind *doctor.Report) (string, error) {
	page := struct {
		Report   *loop.Report
		Columns  []string
		Figures  []template.HTML
		Training *doctor.Report
		Why      string
		Body     template.HTML
		Style    template.CSS
		Legend   string
	}{Report: r, Columns: loop.Columns, Training: behind, Why: WhyBehind(r), Style: report.Style, Legend: legend}
	for _, fig := range onPage(r) {
		if err := ctx.Err(); err != nil { // a figure takes its time on a slow machine
			return "", err
		}
		var picture bytes.Buffer
		if err := figure.Render(&picture, fig, figure.SVG); err != nil {
			return "", err
		}
		page.Figures = append(page.Figures, template.HTML(picture.String())) // our own drawing
	}
	if behind != nil {
		var err error
		if page.Body, err = report.HTMLBody(ctx, behind); err != nil {
			return "", err
		}
	}
	var b bytes.Buffer
	if err := htmlPage.Execute(&b, page); err != nil {
		return "", err
	}
	return b.String(), nil
}

// legend says what the table of steps has, for those who see no other report beside it.
const legend = "One line a step. loss: as the loop had it; replayed: the claimed loss, computed again of the recorded outputs. gradient: the length of the recorded one, divided by that of the claimed loss's; cosine: of the angle between the two; update: the length of the recorded one, divided by that of what the optimizer makes of the gradient it was given. These three are 1 where both agree; – stands for what isn't known."

// WhyBehind is the sentence ahead of what was found of model and data behind a loop, without its end.
func WhyBehind(r *loop.Report) string {
	if r.Cause == loop.Undecided {
		return "No fault of the loop being known, model and data were examined"
	}
	return "The loop being correct, model and data were examined"
}

var htmlPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>unstuck: {{.Report.Cause}}{{with .Training}}, {{.Cause}}{{end}}</title>
<style>
{{.Style}}.loop table{width:100%;font-variant-numeric:tabular-nums}.loop td,.loop th{text-align:right;white-space:nowrap}.loop pre{margin:1em 0}
.figures{display:flex;flex-wrap:wrap;gap:1rem 1.5rem;align-items:flex-start;margin:1.5rem 0}.loop figure{margin:0;flex:1 1 19rem;max-width:25rem}.loop svg{width:100%;height:auto}
.training{margin-top:3rem;border-top:2px solid #d8dee4}
</style></head><body><div class="loop">
<h1>{{.Report.Cause}}: {{.Report.Meaning}}</h1>
{{with .Training}}<p>{{$.Why}}: <a href="#training">{{.Cause}}</a>.</p>
{{end}}{{$report := .Report}}{{range .Report.Findings}}<h2>{{.Cause}}</h2>
<p><b>Evidence</b>{{with .Step}}, at step {{.}}{{end}}: {{.Evidence}}</p>
{{with .Line}}{{if .File}}<p class="source">{{.File}}, line {{.Line}}:</p><pre>{{.Text}}</pre>
{{end}}{{end}}{{range .Others}}<p class="source">or {{.File}}, line {{.Line}}:</p><pre>{{.Text}}</pre>
{{end}}{{range $report.Changes .}}<p class="source">In {{.Language.Name}}:</p><pre>{{.Text}}</pre>
{{end}}{{end}}{{with .Report.Proof}}<h2>{{if .Proves}}Proof{{else}}No proof{{end}}</h2><p>{{.Sentence}}</p>
{{end}}{{with .Figures}}<div class="figures">{{range .}}<figure>{{.}}</figure>
{{end}}</div>
{{end}}<h2>Step by step</h2>
<p>{{.Legend}}</p>
<div class="wide"><table><thead><tr>{{range .Columns}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Report.Steps}}<tr>{{range .Cells}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{range .Report.Beneath}}<p>{{.}}</p>
{{end}}{{range .Report.Lists}}<h2>{{.Name}}</h2><ul>{{range .Lines}}<li>{{.}}</li>{{end}}</ul>
{{end}}</div>
{{with .Body}}<section class="training" id="training"><p>{{$.Why}}:</p>
{{.}}</section>
{{end}}</body></html>
`))
