package kernels

import (
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// standardPackages are imported beside the project's. goimports would find them for a cell that runs; imported, they
// are also there for completion and help.
var standardPackages = []string{"context", "fmt", "math", "time"}

// Prelude returns the cell that a kernel executes before a notebook's first one: no automatic go get, where the project
// lies, and its packages (each folder under pkg with Go files in it) imported under their own names. GoNB leaves an import
// out of a cell that doesn't use it, so none costs anything. A project without pkg gets the standard packages only.
//
// The command %reset forgets the imports with everything else; the same cell brings them back.
func Prelude(p Project) (string, error) {
	imports := append([]string(nil), standardPackages...)
	own, err := packages(p)
	if err != nil {
		return "", err
	}
	imports = append(imports, own...)
	var cell strings.Builder
	cell.WriteString("%noautoget\n" + requirement(p) + "import (\n")
	for _, name := range imports {
		cell.WriteString("\t" + strconv.Quote(name) + "\n")
	}
	cell.WriteString(")\n")
	return cell.String(), nil
}

// packages returns the import paths of the project's packages, sorted. Of two that would go by one name
// the one that lies less deep is taken, then the first; helpers of tests, whose names end in "test", are left out.
func packages(p Project) ([]string, error) {
	top := filepath.Join(p.Root, "pkg")
	if _, err := os.Stat(top); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var found []string
	err := filepath.WalkDir(top, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || folder == top {
			return err
		}
		name := entry.Name()
		if name == "internal" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			return fs.SkipDir
		}
		pkg, err := build.ImportDir(folder, 0)
		var none *build.NoGoError
		if errors.As(err, &none) || err == nil && (pkg.Name == "main" || strings.HasSuffix(pkg.Name, "test") || len(pkg.GoFiles)+len(pkg.CgoFiles) == 0) {
			return nil
		}
		// A package that doesn't parse is imported all the same: the cell that uses it then shows what is wrong with it.
		inside, err := filepath.Rel(top, folder)
		found = append(found, path.Join(p.Module, "pkg", filepath.ToSlash(inside)))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the project's packages: %w", err)
	}
	slices.SortStableFunc(found, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	taken := map[string]bool{}
	found = slices.DeleteFunc(found, func(name string) bool {
		again := taken[path.Base(name)]
		taken[path.Base(name)] = true
		return again
	})
	slices.Sort(found)
	return found, nil
}

// requirement returns the line of a cell that tells the cells' own go.mod of the project and where it lies: go get doesn't
// look for it among the modules of a workspace.
func requirement(p Project) string {
	quoted := "'" + strings.ReplaceAll(p.Module+"="+p.Root, "'", `'\''`) + "'"
	return "!*go mod edit -require=" + p.Module + "@v0.0.0 -replace=" + quoted + "\n"
}
