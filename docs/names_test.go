package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packages are the folders whose exported names documents may mention.
var packages = map[string]string{
	"backend": "pkg/backend", "dataset": "pkg/dataset", "doctor": "pkg/doctor", "explore": "pkg/explore", "figure": "pkg/figure",
	"fit": "pkg/fit", "keras": "pkg/exchange/keras", "loss": "pkg/loss", "nn": "pkg/nn", "notebook": "pkg/notebook", "optim": "pkg/optim",
	"probe": "pkg/probe", "record": "pkg/record", "report": "pkg/doctor/report", "training": "pkg/training", "kernels": "kernels",
}

var (
	fence    = regexp.MustCompile("(?s)```.*?```")
	span     = regexp.MustCompile("`[^`\n]+`")
	name     = regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)
	literal  = regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*)\{([^{}]*)\}`)
	field    = regexp.MustCompile(`([A-Z]\w*):`)
	inPython = regexp.MustCompile(`\bkeras\.(Sequential|Model|Input)\b`)
)

// TestGoNames looks up every Go name in a code span of every document: `nn.Dense`, `fit.Model.Fit`,
// `optim.ClipByNorm{Max: 1}`.
func TestGoNames(t *testing.T) {
	exported := map[string]map[string]bool{}
	for pkg, dir := range packages {
		exported[pkg] = names(t, filepath.Join("..", dir))
	}
	found := 0
	for _, path := range documents(t) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, code := range span.FindAllString(fence.ReplaceAllString(string(content), ""), -1) {
			for _, m := range name.FindAllStringSubmatch(inPython.ReplaceAllString(code, ""), -1) {
				known, ours := exported[m[1]]
				if !ours {
					continue
				}
				found++
				assert.True(t, known[m[2]], "%s: %s has no %s", path, m[1], m[2])
				if m[3] != "" {
					assert.True(t, known[m[2]+"."+m[3]], "%s: %s.%s has no %s", path, m[1], m[2], m[3])
				}
			}
			for _, m := range literal.FindAllStringSubmatch(code, -1) {
				for _, f := range field.FindAllStringSubmatch(m[3], -1) {
					if known, ours := exported[m[1]]; ours {
						assert.True(t, known[m[2]+"."+f[1]], "%s: %s.%s has no field %s", path, m[1], m[2], f[1])
					}
				}
			}
		}
	}
	assert.Greater(t, found, 100, "the documents name the code")
}

// names lists what a package exports: "Dense", "Dense.Units", "Model.Fit".
func names(t *testing.T, dir string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths, dir)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					all[d.Name.Name] = true
				} else {
					all[receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					addSpec(all, s)
				}
			}
		}
	}
	return all
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func addSpec(all map[string]bool, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			all[n.Name] = true
		}
	case *ast.TypeSpec:
		all[s.Name.Name] = true
		var fields *ast.FieldList
		switch x := s.Type.(type) {
		case *ast.StructType:
			fields = x.Fields
		case *ast.InterfaceType:
			fields = x.Methods
		default:
			return
		}
		for _, f := range fields.List {
			for _, n := range f.Names {
				all[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}

// documents are the Markdown files of the project, without those of its installed environment.
func documents(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() != ".." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case strings.HasSuffix(path, ".md"):
			all = append(all, path)
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}
