package kernels

import (
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// standardPackages are imported beside the project's. goimports would find them for a cell that runs; imported, they
// are also there for completion and help.
var standardPackages = []string{"context", "fmt", "math", "time"}

// Prelude returns the cell that a kernel executes before a notebook's first one: no automatic go get, and the
// project's packages (each folder of pkg with Go files in it) imported under their own names. GoNB leaves an import out
// of a cell that doesn't use it, so none costs anything. A project without pkg gets the standard packages only.
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
	cell.WriteString("%noautoget\nimport (\n")
	for _, name := range imports {
		cell.WriteString("\t" + strconv.Quote(name) + "\n")
	}
	cell.WriteString(")\n")
	return cell.String(), nil
}

// packages returns the import paths of the project's packages, sorted.
func packages(p Project) ([]string, error) {
	folder := filepath.Join(p.Root, "pkg")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the project's packages: %w", err)
	}
	var found []string
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "internal" || entry.Name() == "testdata" {
			continue
		}
		pkg, err := build.ImportDir(filepath.Join(folder, entry.Name()), 0)
		var none *build.NoGoError
		if errors.As(err, &none) || err == nil && (pkg.Name == "main" || len(pkg.GoFiles)+len(pkg.CgoFiles) == 0) {
			continue
		}
		// A package that doesn't parse is imported all the same: the cell that uses it then shows what is wrong with it.
		found = append(found, path.Join(p.Module, "pkg", entry.Name()))
	}
	return found, nil
}
