package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// Explain returns what there is to say about the name at a place in a cell: its signature and the comment where it is declared, as Markdown and as plain
// text; both are empty where the types tell that nothing goes by that name. The cursor is in characters. Where types and sources don't tell,
// ok is false: gopls may know more.
func (s *Session) Explain(code string, cursor int) (markdown, plain string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	runes := []rune(code)
	cursor = len(string(runes[:min(max(cursor, 0), len(runes))]))
	start, end := nameAsked(read(code).source, cursor)
	if start == end || guarded(code) != code {
		return "", "", false
	}
	a, o, none := s.objectAt(code, start, end)
	if o == nil {
		return "", "", none
	}
	h, ok := a.help(o)
	if !ok {
		return "", "", false
	}
	return h.markdown(), h.plain(), true
}

// objectAt is what a name in a cell stands for. Of a cell that doesn't parse it looks at what stands ahead of the name's end, as if what is open
// there were closed. none tells that a package or a value has nothing of that name, as of one that someone is still typing.
func (s *Session) objectAt(code string, start, end int) (_ *analysis, found types.Object, none bool) {
	for _, text := range []string{code, code[:end] + closers(code[:end]), code[:end] + " {}" + closers(code[:end])} {
		a, ok := s.analyze(text)
		if !ok || a.file == nil {
			continue
		}
		is := func(id *ast.Ident) bool {
			_, at := a.place(id.Pos())
			return at == start && id.Name == code[start:end]
		}
		ast.Inspect(a.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				none = none || is(n.Sel) && a.sound && a.isKnown(n.X)
			case *ast.Ident:
				if found == nil && is(n) {
					found = a.info.ObjectOf(n)
				}
			}
			return found == nil
		})
		return a, found, none && found == nil
	}
	return nil, nil, false
}

// isKnown tells whether an expression is a package or has a type.
func (a *analysis) isKnown(x ast.Expr) bool {
	if id, ok := x.(*ast.Ident); ok {
		if _, ok := a.info.Uses[id].(*types.PkgName); ok {
			return true
		}
	}
	t := a.info.TypeOf(x)
	return t != nil && valid(t)
}

// help is what there is to say about an object.
type help struct {
	signature, comment string
	methods            []string
	path, name         string // of the package, and within it, with its type: both of the standard library alone
	pkg                *types.Package
}

// help is not ok where the object's source isn't at hand, or its type isn't known.
func (a *analysis) help(o types.Object) (h help, ok bool) {
	if p, isPackage := o.(*types.PkgName); isPackage {
		comment, ok := a.session.packageComment(p.Imported())
		return help{signature: "package " + p.Imported().Name(), comment: comment, path: standardPath(p.Imported()), pkg: p.Imported()}, ok
	}
	if _, isBuiltin := o.(*types.Builtin); !isBuiltin && !valid(o.Type()) {
		return help{}, false
	}
	d, ok := a.originOf(o)
	if !ok {
		return help{}, false
	}
	h = help{signature: a.signature(o, d), comment: d.comment, path: standardPath(o.Pkg()), name: o.Name(), pkg: o.Pkg()}
	switch o := o.(type) {
	case *types.TypeName:
		h.methods = a.methods(o.Type())
	case *types.Func:
		if named := receiverType(o); named != nil {
			h.name = named.Obj().Name() + "." + o.Name()
		}
	case *types.Var:
		if o.IsField() || o.Parent() != nil && o.Pkg() != nil && o.Parent() != o.Pkg().Scope() {
			h.path = "" // its page has no place of it
		}
	}
	return h, true
}

// standardPath is a package's path where it is of the standard library, whose pages stay where they are.
func standardPath(p *types.Package) string {
	if p == nil {
		return "builtin"
	}
	if host, _, _ := strings.Cut(p.Path(), "/"); p.Path() == "main" || strings.Contains(host, ".") {
		return ""
	}
	return p.Path()
}
