package report

import (
	"bytes"
	"context"
	"html/template"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
)

// HTML is the report as one file: figures inline as SVG, no scripts, nothing loaded from elsewhere. An
// ended context is its error.
func HTML(ctx context.Context, r *doctor.Report) (string, error) {
	page := struct {
		Report   *doctor.Report
		Findings []htmlFinding
		Figures  []template.HTML
		Tables   []notebook.Table
	}{Report: r}
	for _, f := range r.Findings {
		page.Findings = append(page.Findings, htmlFinding{f, f.Treatment.Code(r.PrintedIn()...)})
	}
	for _, fig := range Figures(r) {
		if err := ctx.Err(); err != nil { // a figure takes its time on a slow machine
			return "", err
		}
		var picture bytes.Buffer
		if err := figure.Render(&picture, fig, figure.SVG); err != nil {
			return "", err
		}
		page.Figures = append(page.Figures, template.HTML(inline(picture.Bytes()))) // our own drawing
	}
	for _, t := range []notebook.Table{Symptoms(r), Treatments(r)} {
		if len(t.Rows) > 0 {
			page.Tables = append(page.Tables, t)
		}
	}
	var b bytes.Buffer
	if err := htmlPage.Execute(&b, page); err != nil {
		return "", err
	}
	return b.String(), nil
}

type htmlFinding struct {
	doctor.Finding
	Code []doctor.Code
}

// inline takes the XML declaration and the document type off an SVG file.
func inline(svg []byte) []byte {
	if at := bytes.Index(svg, []byte("<svg")); at > 0 {
		return svg[at:]
	}
	return svg
}

var htmlPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>unstuck: {{.Report.Cause}}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.25rem;line-height:1.4}h2{font-size:1.05rem;margin-top:2rem}
table{border-collapse:collapse;font-size:.85rem;width:100%}td,th{border-bottom:1px solid #d8dee4;padding:.3rem .5rem;text-align:left;vertical-align:top}
pre{background:#f6f8fa;padding:.6rem;overflow-x:auto;font-size:.85rem}svg{max-width:100%;height:auto}.source{color:#57606a;font-size:.85rem}
</style></head><body>
<h1>{{.Report.Verdict}}</h1>
{{with .Report.Start}}<p>{{.}}</p>{{end}}
{{with .Report.Assumptions}}<p>{{.}}</p>{{end}}
{{with .Report.CeilingText}}<p>{{.}}</p>{{end}}
{{with .Report.SeedLuck}}<p>{{.}}</p>{{end}}
{{with .Report.Unread}}<p>Not understood:</p><ul>{{range .}}<li>{{.Error}}</li>{{end}}</ul>{{end}}
{{range .Findings}}<h2>{{.Cause}}</h2>
<p>{{.Rule.Doc}}</p>
<p><b>Evidence</b> ({{.Standing}}): {{.Evidence}}</p>
<p><b>Treatment:</b> {{.Treatment.Text}}</p>
{{range .Code}}<p class="source">In {{.Language.Name}}:</p><pre>{{.Text}}</pre>
{{end}}<p class="source">Source: {{.Rule.Source}}</p>
{{end}}{{range .Figures}}<figure>{{.}}</figure>
{{end}}{{range .Tables}}<h2>{{.Title}}</h2><table><thead><tr>{{range .Columns}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{end}}</body></html>
`))
