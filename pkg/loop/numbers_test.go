package loop

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
)

// padded is a number whose exponent is written as no person does: 1e-05, 2e+07.
var padded = regexp.MustCompile(`\de(?:[-+]0\d|\+\d)`)

// No number of a recorded loop's report is written as 1e-05, whatever is recorded; what the loop's own lines say stays as it is.
func TestNumbersOfReportsAreWrittenShort(t *testing.T) {
	packed, err := filepath.Glob("testdata/*.tar.gz")
	require.NoError(t, err)
	more, err := filepath.Glob("testdata/*/*.tar.gz")
	require.NoError(t, err)
	packed = append(packed, more...)
	require.Greater(t, len(packed), 80)
	if testing.Short() {
		packed = packed[:20]
	}
	small := 0
	b := gobackend.GetBackend()
	for _, file := range packed {
		if strings.Contains(file, "first-step") { // killed ahead of what could be diagnosed
			continue
		}
		r, err := Read(targz.Unpack(t, file))
		require.NoError(t, err, file)
		report, err := Diagnose(t.Context(), r, Options{Backend: b})
		require.NoError(t, err, file)
		text := report.Text()
		for _, f := range report.Findings {
			for _, line := range append(slices.Clone(f.Others), deref(f.Line)...) {
				text = strings.ReplaceAll(text, line.Text, "")
			}
		}
		require.NotRegexp(t, padded, text, file)
		small += strings.Count(text, "e-")
	}
	require.NotZero(t, small, "there are numbers with exponents among them")
}

func deref(l *Line) []Line {
	if l == nil {
		return nil
	}
	return []Line{*l}
}

// Numbers are printed in texts by the two functions that write exponents short, and by no verb beside them, as few recordings have numbers
// that small.
func TestNumbersArePrintedInOnePlace(t *testing.T) {
	verb := regexp.MustCompile(`%[-+ #0]*[0-9]*(?:\.[0-9]+)?[geGE]`)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var places []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		short := map[ast.Node]bool{} // what is given to exponent.Short
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if s, is := n.Fun.(*ast.SelectorExpr); is && s.Sel.Name == "Short" {
					short[n.Args[0]] = true
				}
				if short[n] {
					return false
				}
			case *ast.FuncDecl:
				if n.Name.Name == "MarshalJSON" { // no text
					return false
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && verb.MatchString(text) {
					places = append(places, file+": "+text)
				}
			}
			return true
		})
	}
	require.Empty(t, places)
}
