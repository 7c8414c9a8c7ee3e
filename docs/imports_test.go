package docs_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var mapRow = regexp.MustCompile("(?m)^\\| `(pkg/[a-z/]+)` \\| [^|]+ \\| ([^|]*)\\|$")

// TestMap compares the map of the house in CONTRIBUTING.md with the code: every package, what it imports of ours, and
// that imports point one way.
func TestMap(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	var mapped []string
	for _, row := range mapRow.FindAllStringSubmatch(string(text), -1) {
		dir, listed := row[1], strings.FieldsFunc(row[2], func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(listed)
		imports := importsOf(t, dir)
		var bases []string
		for _, i := range imports {
			assert.Contains(t, mapped, i, "%s may only import what stands above it", dir)
			bases = append(bases, path.Base(i))
		}
		slices.Sort(bases)
		assert.Equal(t, strings.Join(bases, ", "), strings.Join(listed, ", "), "%s imports", dir)
		mapped = append(mapped, dir)
	}
	err = filepath.WalkDir(filepath.Join("..", "pkg"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(p), "../")
		forTests := strings.HasSuffix(dir, "test") // helpers of tests, for tests
		if files, _ := filepath.Glob(filepath.Join(p, "*.go")); len(files) > 0 && !forTests && !strings.Contains(dir, "/internal/") {
			assert.Contains(t, mapped, dir, "in the map")
		}
		return nil
	})
	require.NoError(t, err)
}

// importsOf lists the packages of ours, but internal ones, that the code of a package imports, not its tests.
func importsOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files, dir)
	var all []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			ours, found := strings.CutPrefix(name, "example.com/unstuck/")
			if found && !strings.Contains(ours, "internal/") && !slices.Contains(all, ours) {
				all = append(all, ours)
			}
		}
	}
	return all
}
