package report

import (
	"bytes"
	"context"
	"html/template"
	"slices"
	"strings"
	"time"

	"example.com/unstuck/internal/buildversion"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
)

// HTML is the report as one file: figures inline as SVG, no scripts, nothing loaded from elsewhere, to be read on a phone too. It says
// when it was made, and by which versions. An ended context is its error.
func HTML(ctx context.Context, r *doctor.Report) (string, error) { return rendered(ctx, r, "report") }

// HTMLBody is what [HTML] has in its body, from the verdict as a heading of the first level to the footer, for a page that has more to
// say. [Style] is its style sheet.
func HTMLBody(ctx context.Context, r *doctor.Report) (template.HTML, error) {
	body, err := rendered(ctx, r, "body")
	return template.HTML(body), err // escaped by the template
}

// rendered executes one of the templates of the page.
func rendered(ctx context.Context, r *doctor.Report, name string) (string, error) {
	page := htmlReport{Style: Style, Report: r, Rows: Rows(r), Data: Data(r), Versions: "unstuck " + buildversion.String()}
	if gomlx := buildversion.GoMLX(); gomlx != "" {
		page.Versions += ", GoMLX " + gomlx
	}
	if strings.Contains(strings.ToLower(r.Verdict()), "explained ") {
		page.Explained = meaningOfExplained
	}
	page.Made = time.Now().UTC().Format("2006-01-02 15:04 MST")
	for _, f := range r.Findings {
		page.Findings = append(page.Findings, htmlFinding{f, f.Treatment.Code(r.PrintedIn()...)})
	}
	var err error
	for _, fig := range Figures(r) {
		drawn, err := drawnInline(ctx, fig)
		if err != nil {
			return "", err
		}
		page.Figures = append(page.Figures, drawn)
	}
	if model, ok := Model(r); ok {
		if page.Model, err = drawnInline(ctx, model); err != nil {
			return "", err
		}
		page.Marked = slices.ContainsFunc(model.Boxes, func(b figure.Box) bool { return b.Marked })
	}
	for _, t := range []notebook.Table{Symptoms(r), Treatments(r)} {
		if len(t.Rows) > 0 {
			page.Tables = append(page.Tables, t)
		}
	}
	var b bytes.Buffer
	if err := htmlPage.ExecuteTemplate(&b, name, page); err != nil {
		return "", err
	}
	return b.String(), nil
}

// htmlReport is what the page is made of.
type htmlReport struct {
	Style          template.CSS
	Report         *doctor.Report
	Findings       []htmlFinding
	Figures        []template.HTML
	Model          template.HTML
	Marked         bool // layers of the model are
	Rows           string
	Explained      string // what the verdict's word means; empty: it hasn't that
	Data           notebook.Table
	Tables         []notebook.Table
	Made, Versions string
}

type htmlFinding struct {
	doctor.Finding
	Code []doctor.Code
}

func drawnInline(ctx context.Context, fig figure.Figure) (template.HTML, error) {
	if err := ctx.Err(); err != nil { // a figure takes its time on a slow machine
		return "", err
	}
	var picture bytes.Buffer
	if err := figure.Render(&picture, fig, figure.SVG); err != nil {
		return "", err
	}
	return template.HTML(inline(picture.Bytes())), nil // our own drawing
}

// meaningOfExplained says what the verdict's numbers are, for those who were sent the page and nothing else.
const meaningOfExplained = "“Explained” is 0 where the loss is no better than that of always the mean or the most frequent class, 1 where it is perfect, and below 0 where it is worse."

// inline takes the XML declaration and the document type off an SVG file.
func inline(svg []byte) []byte {
	if at := bytes.Index(svg, []byte("<svg")); at > 0 {
		return svg[at:]
	}
	return svg
}

// Style is the style sheet of [HTML].
const Style template.CSS = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:1.5rem auto;padding:0 1rem;color:#1b1f24;background:#fff;overflow-wrap:anywhere}
h1{font-size:1.25rem;line-height:1.4}h2{font-size:1.05rem;margin-top:2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;min-width:100%;overflow-wrap:normal}td,th{border-bottom:1px solid #d8dee4;padding:.3rem .5rem;text-align:left;vertical-align:top}
pre{background:#f6f8fa;padding:.6rem;margin:0;font-size:.85rem;white-space:pre-wrap}figure{margin:1rem 0;overflow-x:auto}.plot svg{width:100%;height:auto;min-width:32rem;max-width:48rem}.model svg{height:auto}
figcaption,.source{color:#57606a;font-size:.85rem}figcaption b{color:#1b1f24}@media print{body{max-width:none}.wide,figure{overflow:visible}.plot svg{min-width:0}.model svg{max-width:100%}td,th{white-space:normal!important;overflow-wrap:anywhere}pre,figure,tr{break-inside:avoid}}
footer{margin-top:2.5rem;border-top:1px solid #d8dee4;color:#57606a;font-size:.8rem}
`

var htmlPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>unstuck: {{.Report.Cause}}</title>
<style>
{{.Style}}</style></head><body>
{{template "body" .}}</body></html>
{{define "body"}}<h1>{{.Report.Verdict}}</h1>
{{if .Explained}}<p class="source">{{.Explained}}</p>{{end}}
{{with .Report.Start}}<p>{{.}}</p>{{end}}
{{with .Report.Assumptions}}<p>{{.}}</p>{{end}}
{{with .Report.CeilingText}}<p>{{.}}</p>{{end}}
{{with .Report.SeedLuck}}<p>{{.}}</p>{{end}}
{{with .Report.Unread}}<p>Not understood:</p><ul>{{range .}}<li>{{.Error}}</li>{{end}}</ul>{{end}}
{{if .Findings}}<h2>What to change</h2>
{{range .Findings}}<p>{{.Treatment.Text}}</p>
{{range .Code}}<figure><figcaption>In <b>{{.Language.Name}}</b></figcaption><pre>{{.Text}}</pre></figure>
{{end}}{{end}}<h2>Why</h2>
{{range .Findings}}<p><b>{{.Cause}}</b> ({{.Standing}}): {{.Rule.Doc}}</p>
<p>Evidence: {{.Evidence}}</p>
<p class="source">Source: {{.Rule.Source}}</p>
{{end}}{{end}}{{range .Figures}}<figure class="plot">{{.}}</figure>
{{end}}{{with .Model}}<h2>Model</h2>
{{if $.Marked}}<p>Marked are layers that the evidence names, or that the treatment changes.</p>
{{end}}<figure class="model">{{.}}</figure>
{{end}}{{if .Data.Rows}}<h2>Data</h2><p>{{.Rows}}</p>
<div class="wide"><table><thead><tr>{{range .Data.Columns}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Data.Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{end}}{{range .Tables}}<h2>{{.Title}}</h2><div class="wide"><table><thead><tr>{{range .Columns}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{end}}<footer><p>Made {{.Made}} by {{.Versions}}.</p></footer>
{{end}}`))
