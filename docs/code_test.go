package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// eachFile visits the Go files of the project beneath the folders, such as "pkg", but for tests: with its folder, "pkg/nn", and where in
// it something stands.
func eachFile(t *testing.T, folders []string, visit func(folder string, file *ast.File, at func(token.Pos) token.Position)) {
	t.Helper()
	seen := 0
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join("..", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			within, err := filepath.Rel("..", filepath.Dir(path))
			if err != nil {
				return err
			}
			seen++
			visit(filepath.ToSlash(within), file, set.Position)
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, seen, 30, "a test that reads no files holds nothing")
}

// TestOneWalkReadsTheCode holds that tests of this folder take the files from [eachFile], rather than look for them again.
func TestOneWalkReadsTheCode(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, path := range files {
		if path == "code_test.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			walks, parses := false, false
			ast.Inspect(d, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					walks = walks || s.Sel.Name == "WalkDir"
					parses = parses || s.Sel.Name == "ParseFile"
				}
				return true
			})
			require.False(t, walks && parses, "%s walks over the files of Go: see eachFile", path)
		}
	}
}
