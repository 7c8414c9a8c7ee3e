package cell

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// origin is what the source tells of something that is declared in it.
type origin struct {
	comment string // above it, else beside it
	text    string // of a type, or of one of Go's own functions
}

// originOf finds where an object is declared; not ok where there is no source.
func (a *analysis) originOf(o types.Object) (d origin, ok bool) {
	switch generic := o.(type) {
	case *types.Func:
		o = generic.Origin()
	case *types.Var:
		o = generic.Origin()
	}
	if o.Pkg() == a.pkg {
		place := a.set.Position(o.Pos())
		d, _ = originIn(a.sources[place.Filename], place.Line, o)
		return d, true // a parameter, or what := declares
	}
	file, line := filepath.Join(a.session.root(), "src", "builtin", "builtin.go"), 0
	if o.Pkg() != nil {
		file, line = a.session.place(o)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		return d, false
	}
	return originIn(string(source), line, o)
}

// place is where an object of another package is declared, in file and line.
func (s *Session) place(o types.Object) (file string, line int) {
	place := s.exports().set.Position(o.Pos())
	if inside, ok := strings.CutPrefix(place.Filename, "$GOROOT"); ok {
		return filepath.Join(s.root(), inside), place.Line
	}
	return place.Filename, place.Line
}

func (s *Session) root() string {
	if s.Root == nil {
		return ""
	}
	return s.Root()
}

// originIn finds what is declared in a line of source, 0 for any.
func originIn(source string, line int, o types.Object) (d origin, ok bool) {
	set := token.NewFileSet()
	file, _ := parser.ParseFile(set, "", source, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return d, false
	}
	variable, _ := o.(*types.Var)
	isField := variable != nil && variable.IsField()
	_, isFunc := o.(*types.Func)
	is := func(id *ast.Ident) bool {
		return id != nil && id.Name == o.Name() && (line == 0 || set.Position(id.Pos()).Line == line)
	}
	text := func(from, to token.Pos) string {
		return source[set.Position(from).Offset:set.Position(to).Offset]
	}
	var group *ast.GenDecl
	ast.Inspect(file, func(n ast.Node) bool {
		if ok {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl:
			if ok = !isField && is(n.Name); ok {
				d = origin{n.Doc.Text(), text(n.Type.Pos(), n.Type.End())}
			}
		case *ast.GenDecl:
			group = n
		case *ast.TypeSpec:
			if ok = !isField && is(n.Name); ok {
				d = origin{firstText(n.Doc, group.Doc, n.Comment), formatted("type " + text(n.Pos(), n.End()))}
			}
		case *ast.ValueSpec:
			if ok = !isField && slices.ContainsFunc(n.Names, is); ok {
				d.comment = firstText(n.Doc, group.Doc, n.Comment)
			}
		case *ast.Field:
			if ok = (isField || isFunc) && (slices.ContainsFunc(n.Names, is) || len(n.Names) == 0 && is(typeName(n.Type))); ok {
				d.comment = firstText(n.Doc, n.Comment)
			}
		}
		return true
	})
	return d, ok
}

// firstText is the text of the first comment that there is.
func firstText(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if text := c.Text(); text != "" {
			return text
		}
	}
	return ""
}

// typeName is the name by which a type is embedded.
func typeName(x ast.Expr) *ast.Ident {
	switch x := x.(type) {
	case *ast.Ident:
		return x
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.SelectorExpr:
		return x.Sel
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.IndexListExpr:
		return typeName(x.X)
	}
	return nil
}

func formatted(source string) string {
	text, err := format.Source([]byte(source))
	if err != nil {
		return source
	}
	return string(text)
}

// packageComment is the one above a package's clause, found by where something in it is declared.
func (s *Session) packageComment(p *types.Package) (comment string, ok bool) {
	names := p.Scope().Names()
	if len(names) == 0 {
		return "", false
	}
	beside, _ := s.place(p.Scope().Lookup(names[0]))
	folder := filepath.Dir(beside)
	files, err := os.ReadDir(folder)
	for _, entry := range files {
		name := entry.Name()
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err == nil && file.Name.Name == p.Name() && file.Doc.Text() != "" {
			return file.Doc.Text(), true
		}
	}
	return "", err == nil
}
