// Package loopreport renders what a replay of a recorded loop has found: as one self-contained HTML file without scripts, as Markdown,
// and as figures.
//
//	r, err := loop.Diagnose(ctx, recording, loop.Options{})
//	page, err := loopreport.HTML(ctx, r) // in one file to send on
//	err = loopreport.Show(r)             // in a notebook
package loopreport

import (
	"bytes"
	"context"
	"html/template"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
)

// HTML is the report as one file: figures inline as SVG, no scripts, nothing loaded from elsewhere. An ended context is its error.
func HTML(ctx context.Context, r *loop.Report) (string, error) {
	page := struct {
		Report  *loop.Report
		Columns []string
		Figures []template.HTML
	}{Report: r, Columns: loop.Columns}
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
	var b bytes.Buffer
	if err := htmlPage.Execute(&b, page); err != nil {
		return "", err
	}
	return b.String(), nil
}

var htmlPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>unstuck: {{.Report.Cause}}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff;overflow-wrap:anywhere}
h1{font-size:1.25rem;line-height:1.4}h2{font-size:1.05rem;margin-top:2rem}
table{border-collapse:collapse;font-size:.85rem;width:100%;font-variant-numeric:tabular-nums}td,th{border-bottom:1px solid #d8dee4;padding:.3rem .5rem;text-align:right;white-space:nowrap}
.wide{overflow-x:auto}pre{background:#f6f8fa;padding:.6rem;overflow-x:auto;font-size:.85rem}
.figures{display:flex;flex-wrap:wrap;gap:1rem 1.5rem;align-items:flex-start;margin:1.5rem 0}figure{margin:0;flex:1 1 19rem;max-width:25rem}svg{width:100%;height:auto}
.source{color:#57606a;font-size:.85rem}
</style></head><body>
<h1>{{.Report.Cause}}: {{.Report.Meaning}}</h1>
{{$report := .Report}}{{range .Report.Findings}}<h2>{{.Cause}}</h2>
<p><b>Evidence</b>{{with .Step}}, at step {{.}}{{end}}: {{.Evidence}}</p>
{{with .Line}}{{if .File}}<p class="source">{{.File}}, line {{.Line}}:</p><pre>{{.Text}}</pre>
{{end}}{{end}}{{range .Others}}<p class="source">or {{.File}}, line {{.Line}}:</p><pre>{{.Text}}</pre>
{{end}}{{range $report.Changes .}}<p class="source">In {{.Language.Name}}:</p><pre>{{.Text}}</pre>
{{end}}{{end}}{{with .Report.Proof}}<h2>{{if .Proves}}Proof{{else}}No proof{{end}}</h2><p>{{.Sentence}}</p>
{{end}}{{with .Figures}}<div class="figures">{{range .}}<figure>{{.}}</figure>
{{end}}</div>
{{end}}<h2>Step by step</h2>
<p>Loss as recorded and as replayed; gradient, its direction and the update by the replayed ones: 1 where they agree.</p>
<div class="wide"><table><thead><tr>{{range .Columns}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Report.Steps}}<tr>{{range .Cells}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{range .Report.Beneath}}<p>{{.}}</p>
{{end}}{{range .Report.Lists}}<h2>{{.Name}}</h2><ul>{{range .Lines}}<li>{{.}}</li>{{end}}</ul>
{{end}}</body></html>
`))
