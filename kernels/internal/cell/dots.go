package cell

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// dotImports are the paths of a file's import . "path".
func dotImports(file *ast.File) (paths []string) {
	for _, spec := range file.Imports {
		if of, err := strconv.Unquote(spec.Path.Value); err == nil && spec.Name != nil && spec.Name.Name == "." {
			paths = append(paths, of)
		}
	}
	return paths
}

func (p *prior) dotImports() []string {
	if p == nil {
		return nil
	}
	return dotImports(p.file)
}

func dotClause(path string) string { return "import . " + strconv.Quote(path) + ";" }

// useDots has a function use what the cell imports without a name: GoNB keeps such an import for every later cell, and the compiler
// refuses one that isn't used.
func (a *analysis) useDots() {
	for _, path := range a.dots {
		p, err := a.session.packages.Import(path)
		if err != nil {
			continue
		}
		for _, name := range p.Scope().Names() {
			object := p.Scope().Lookup(name)
			use := "_ = " + name
			switch o := object.(type) {
			case *types.TypeName:
				if named, ok := o.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
					continue
				}
				use = "var _ " + name
			case *types.Const:
				use = "const _ = " + name // a large one is no int
			case *types.Func:
				if o.Signature().TypeParams().Len() > 0 {
					continue
				}
			}
			if !object.Exported() || a.pkg != nil && a.pkg.Scope().Lookup(name) != nil {
				continue
			}
			letters := strings.Map(func(r rune) rune {
				if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
					return r
				}
				return '_'
			}, path)
			a.extra = append(a.extra, "func using_"+letters+"() { "+use+" }")
			break
		}
	}
}
