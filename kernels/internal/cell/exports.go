package cell

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"strings"
)

// exports imports packages from what the compiler has left of them.
type exports struct {
	find  func([]string) map[string]string
	files map[string]string // "" where there is none
	gc    types.Importer
	set   *token.FileSet // of what is imported
}

func newExports(find func([]string) map[string]string) *exports {
	e := &exports{find: find, files: map[string]string{}, set: token.NewFileSet()}
	e.gc = importer.ForCompiler(e.set, "gc", func(path string) (io.ReadCloser, error) {
		if e.files[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(e.files[path])
	})
	return e
}

// want finds what isn't at hand yet, all in one go.
func (e *exports) want(paths []string) {
	var missing []string
	for _, p := range paths {
		if _, known := e.files[p]; !known && p != "unsafe" && p != "C" {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 || e.find == nil {
		return
	}
	for p, file := range e.find(missing) {
		if e.files[p] == "" {
			e.files[p] = file
		}
	}
	for _, p := range missing {
		if e.files[p] == "" {
			e.files[p] = "" // asked once is enough
		}
	}
}

func (e *exports) Import(path string) (*types.Package, error) { return e.gc.Import(path) }

// standardNames are the packages of the standard library by the names they go by; of two, the one whose path is shorter.
func standardNames(paths []string) map[string]string {
	names := map[string]string{}
	for _, p := range paths {
		if strings.HasPrefix(p, "vendor/") || strings.Contains("/"+p+"/", "/internal/") {
			continue
		}
		name := packageName(p)
		if known := names[name]; known == "" || len(p) < len(known) {
			names[name] = p
		}
	}
	names["rand"], names["template"] = "math/rand", "text/template" // as goimports takes them first
	return names
}

// packageName is the name that a package most likely goes by.
func packageName(of string) string {
	name := path.Base(of)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" && path.Dir(of) != "." {
		name = path.Base(path.Dir(of))
	}
	return strings.TrimPrefix(strings.ReplaceAll(name, "-", "_"), "go_")
}
