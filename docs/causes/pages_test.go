package causes_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/exponent"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/training"
)

var update = flag.Bool("update", false, "measure again, and write what the pages show")

// causesOf reads the names of all causes off the doctor's source: a new one can't be forgotten here.
func causesOf(t *testing.T) []doctor.Cause { return causesIn[doctor.Cause](t, "doctor", "rule.go") }

// causesIn reads the names of all causes off a file of pkg/.
func causesIn[C ~string](t *testing.T, path ...string) []C {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(append([]string{"..", "..", "pkg"}, path...)...), nil, 0)
	require.NoError(t, err)
	var causes []C
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Cause" {
				name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				causes = append(causes, C(name))
			}
		}
		return true
	})
	require.NotEmpty(t, causes)
	return causes
}

func TestEveryCauseHasAPage(t *testing.T) {
	causes := causesOf(t)
	index, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, cause := range causes {
		assert.FileExists(t, string(cause)+".md")
		assert.Contains(t, string(index), fmt.Sprintf("[%s](%s.md)", cause, cause), "in the index")
		assert.Contains(t, illnesses, cause, "a training with that fault")
	}
	for _, cause := range loopCauses(t) {
		assert.FileExists(t, string(cause)+".md")
		assert.Contains(t, string(index), fmt.Sprintf("[%s](%s.md)", cause, cause), "in the index")
		causes = append(causes, doctor.Cause(cause))
	}
	pages, err := filepath.Glob("*.md")
	require.NoError(t, err)
	for _, page := range pages {
		if name := doctor.Cause(strings.TrimSuffix(page, ".md")); name != "README" {
			assert.Contains(t, causes, name, "%s names a cause that the doctor doesn't know", page)
		}
	}
}

// TestPages runs each training with its fault, has it examined and cured, and compares page and measurement.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: twenty examinations are not for -short")
	}
	for _, cause := range causesOf(t) {
		t.Run(string(cause), func(t *testing.T) {
			measured := measure(t, cause)
			holds(t, string(cause), measured)
		})
	}
}

// holds compares the parts of a page with what was measured, or writes them anew.
func holds(t *testing.T, cause string, measured map[string]string) {
	t.Helper()
	text, err := os.ReadFile(cause + ".md")
	require.NoError(t, err)
	page := string(text)
	for name, want := range measured {
		start, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok := strings.Cut(page, start)
		require.True(t, ok, "the page has no %s", start)
		got, after, ok := strings.Cut(rest, end)
		require.True(t, ok, "the page has no %s", end)
		page = before + start + want + end + after
		if !*update {
			sameUpToRounding(t, want, got)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(cause+".md", []byte(page), 0o644))
	}
}

// measure returns the parts of a page that are measured or taken from the code.
func measure(t *testing.T, cause doctor.Cause) map[string]string {
	t.Helper()
	i := illnesses[cause]
	sick := i.fault(healthy(t))
	options := doctor.Options{}
	if i.observed != nil {
		options.Observed = i.observed(sick)
	}
	r, err := doctor.Examine(context.Background(), sick, options)
	require.NoError(t, err)
	require.Equal(t, cause, r.Cause, r.Verdict())
	parts := map[string]string{"report": reportPart(r)}
	if i.fault != nil && cause != doctor.Healthy && cause != doctor.LookAtTheLoop {
		parts["fault"] = "```go\n" + source(t, i.fault) + "\n```\n"
	}
	if i.observed != nil {
		parts["fault"] = "```go\n" + source(t, i.observed) + "\n```\n"
	}
	rows := []row{{"as given", r.Before}}
	if i.observed != nil {
		rows = []row{{"in the loop", &doctor.Outcome{History: options.Observed, ValidationLoss: math.NaN()}}, {"model.fit", r.Before}}
	}
	if i.cure != nil {
		parts["cure"] = "```go\n" + source(t, i.cure) + "\n```\n"
		after := train(t, i.cure(i.fault(healthy(t))))
		progress := after.Progress
		if r.OnValidation {
			progress = after.ValidationProgress
		}
		require.Greater(t, progress, 0.5, "the cure of the page must cure")
		rows = append(rows, row{"cured", after})
	}
	parts["loss"] = lossTable(r, rows)
	if *update && i.observed == nil {
		require.NoError(t, figure.Save(string(cause)+".svg", figure.Row(report.Figures(r)...)))
	}
	return parts
}

// train runs a case that needs no cure, and returns how it went.
func train(t *testing.T, c training.Training) *doctor.Outcome {
	t.Helper()
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.NotNil(t, r.Before)
	return r.Before
}

type row struct {
	name string
	*doctor.Outcome
}

// lossTable shows the loss of some epochs, and the loss of the best constant prediction.
func lossTable(r *doctor.Report, rows []row) string {
	most := 0
	for _, row := range rows {
		most = max(most, len(row.History.Epochs))
	}
	var epochs []int
	for _, e := range []int{1, 2, 5, 10, 20, 30, 60, 100, 120} {
		if e <= most {
			epochs = append(epochs, e)
		}
	}
	if len(epochs) == 0 || epochs[len(epochs)-1] != most {
		epochs = append(epochs, most)
	}
	var b strings.Builder
	b.WriteString("| loss in epoch |")
	for _, e := range epochs {
		fmt.Fprintf(&b, " %d |", e)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(epochs)) + "\n")
	line := func(name string, losses []float64) {
		if len(losses) == 0 { // lost before the first epoch's end, which the doctor noticed earlier or later
			losses = []float64{math.NaN()}
		}
		b.WriteString("| " + name + " |")
		lost := false
		for _, e := range epochs {
			if e > len(losses) || lost {
				b.WriteString(" |")
				continue
			}
			b.WriteString(exponent.Short(fmt.Sprintf(" %.4g |", losses[e-1])))
			lost = math.IsNaN(losses[e-1]) // and never comes back
		}
		b.WriteString("\n")
	}
	for _, row := range rows {
		line(row.name, row.History.Loss())
		if r.OnValidation {
			line(row.name+", validation rows", row.History.ValidationLoss())
		}
	}
	if !math.IsNaN(r.Look.Constant) {
		where := ""
		if r.OnValidation {
			where = " on the training rows"
		}
		b.WriteString(exponent.Short(fmt.Sprintf("\nAlways predicting the best constant would have a loss of %.4g%s.\n", r.Look.Constant, where)))
	}
	return b.String()
}

// reportPart is what the doctor says: its verdict, and what it measured for that cause.
func reportPart(r *doctor.Report) string {
	var b strings.Builder
	b.WriteString("> " + r.Verdict() + "\n")
	header := false
	for _, s := range r.Symptoms {
		if s.Cause != r.Cause {
			continue
		}
		if !header {
			b.WriteString("\n| gauge | measured | should be | speaks for it |\n| --- | ---: | --- | --- |\n")
			header = true
		}
		b.WriteString(exponent.Short(fmt.Sprintf("| %s | %.4g | %s | %s |\n", s.Gauge, s.Got, s.Limit, s.Strength)))
	}
	if r.Cause == doctor.NoSignal {
		b.WriteString("\n| gauge | measured | should be |\n| --- | ---: | --- |\n")
		for _, s := range r.Findings[0].Symptoms {
			b.WriteString(exponent.Short(fmt.Sprintf("| %s | %.4g | %s |\n", s.Gauge, s.Got, s.Limit)))
		}
	}
	if len(r.Findings) > 0 {
		fmt.Fprintf(&b, "\nTreatment: %s.\n", r.Findings[0].Treatment.Text)
	}
	return b.String()
}

// source is the text of a function, without its comment.
func source(t *testing.T, f any) string {
	t.Helper()
	full := runtime.FuncForPC(reflect.ValueOf(f).Pointer())
	path, _ := full.FileLine(reflect.ValueOf(f).Pointer())
	name := full.Name()[strings.LastIndexByte(full.Name(), '.')+1:]
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filepath.Base(path), nil, parser.ParseComments)
	require.NoError(t, err)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
			f.Doc = nil
			var b bytes.Buffer
			require.NoError(t, (&printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}).Fprint(&b, files, &printer.CommentedNode{Node: f, Comments: file.Comments}))
			return b.String()
		}
	}
	t.Fatalf("%s has no function %s", path, name)
	return ""
}

var numbers = regexp.MustCompile(`[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?`)

// sameUpToRounding compares texts word by word, and their numbers up to what another machine's rounding may do.
func sameUpToRounding(t *testing.T, want, got string) {
	t.Helper()
	if !assert.Equal(t, numbers.ReplaceAllString(want, "#"), numbers.ReplaceAllString(got, "#"), "go test ./docs/causes -run Pages -update writes the pages anew") {
		return
	}
	is := numbers.FindAllString(got, -1)
	for i, text := range numbers.FindAllString(want, -1) {
		w, _ := strconv.ParseFloat(text, 64)
		g, _ := strconv.ParseFloat(is[i], 64)
		assert.LessOrEqual(t, math.Abs(w-g), 0.05*max(math.Abs(w), 0.02), "the page says %s, now it is %s", is[i], text)
	}
}

// TestPagesSayWhat keeps the parts of a page in one order, so that a reader finds them.
func TestPagesSayWhat(t *testing.T) {
	docs := map[doctor.Cause]string{}
	for _, r := range doctor.Rules() {
		docs[r.Cause] = r.Doc
	}
	causes := causesOf(t)
	for _, cause := range loopCauses(t) {
		causes, docs[doctor.Cause(cause)] = append(causes, doctor.Cause(cause)), cause.Meaning()
	}
	for _, cause := range causes {
		text, err := os.ReadFile(string(cause) + ".md")
		require.NoError(t, err)
		lines := strings.Split(string(text), "\n")
		assert.Equal(t, "# "+string(cause), lines[0])
		if doc, ok := docs[cause]; ok {
			assert.Equal(t, doc, lines[2], "the first sentence is the doctor's own")
		}
		var sections []string
		for _, line := range lines {
			if title, ok := strings.CutPrefix(line, "## "); ok {
				sections = append(sections, title)
			}
		}
		want := []string{"What it looks like", "Why", "How the doctor tells", "The cure", "By hand", "Sources"}
		assert.True(t, slices.Equal(sections, want), "%s: %q", cause, sections)
	}
}
