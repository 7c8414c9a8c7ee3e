package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// nameable tells why a variable of that name can't be declared for the whole notebook; "" where it can.
func (a *analysis) nameable(name string) string {
	switch {
	case predeclared(name):
		return name + " is a word of Go's own, and would mean the variable everywhere"
	case a.session.isPackage(name, a.imports):
		return name + " is the name of a package, which later cells need: call it otherwise"
	case name == "main", strings.HasPrefix(name, "init"), name == "notebook":
		return name + " is a name with a meaning of its own: call it otherwise"
	}
	if kind, known := a.session.prior.kind(name); known && kind != token.VAR {
		return "an earlier cell declares " + name + " as something else: call it otherwise, or remove that with %rm " + name
	}
	if a.pkg != nil {
		if object := a.pkg.Scope().Lookup(name); object != nil {
			if _, isVariable := object.(*types.Var); !isVariable {
				return "this cell declares " + name + " as something else, too"
			}
			if a.declaresHere(name) {
				return "this cell declares " + name + " with var, too"
			}
		}
	}
	return ""
}

// declaresHere tells whether the cell has var name outside of its statements.
func (a *analysis) declaresHere(name string) bool {
	for _, d := range a.file.Decls {
		for _, declared := range namesOf(d) {
			if declared.name == name {
				return true
			}
		}
	}
	return false
}

// typeText writes a type as a declaration of later cells can, and imports what it needs.
func (a *analysis) typeText(t types.Type) (text, why string) {
	imports := map[string]string{}
	text = types.TypeString(t, func(p *types.Package) string {
		if p == a.pkg {
			return ""
		}
		known := a.session.importPath(p.Name(), a.imports)
		if known != "" && known != p.Path() {
			why = "its type is of " + p.Path() + ", whose name another package has"
		}
		if strings.HasPrefix(p.Path(), "internal/") || strings.Contains(p.Path(), "/internal/") {
			why = "its type is another package's own"
		}
		imports[p.Name()] = p.Path()
		return p.Name()
	})
	if hidden(t, a.pkg, map[types.Type]bool{}) {
		why = "its type has no name that later cells could use"
	}
	if why != "" {
		return "", why
	}
	for name, path := range imports {
		if a.session.Imports[name] != path && a.imports[name] != path {
			a.needImport(name + " " + strconv.Quote(path))
		}
	}
	return text, ""
}

// hidden tells whether a type's text holds a name that isn't to be had at the top level of the program.
func hidden(t types.Type, own *types.Package, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return hidden(types.Unalias(t), own, seen)
	case *types.Named:
		object := t.Obj()
		if object.Pkg() != nil && (object.Pkg() != own && !object.Exported() || object.Parent() != object.Pkg().Scope() && object.Pkg() == own) {
			return true
		}
		for argument := range t.TypeArgs().Types() {
			if hidden(argument, own, seen) {
				return true
			}
		}
		return false
	case *types.Pointer:
		return hidden(t.Elem(), own, seen)
	case *types.Slice:
		return hidden(t.Elem(), own, seen)
	case *types.Array:
		return hidden(t.Elem(), own, seen)
	case *types.Map:
		return hidden(t.Key(), own, seen) || hidden(t.Elem(), own, seen)
	case *types.Struct:
		for f := range t.Fields() {
			if hidden(f.Type(), own, seen) {
				return true
			}
		}
		return false
	case *types.Basic, *types.Interface:
		return false
	}
	return true
}

// assignedIn are the names that something in a file sets, changes a part of, or takes the address of, other than where
// they are defined.
func assignedIn(file ast.Node, info types.Info) map[string]bool {
	names := map[string]bool{}
	note := func(x ast.Expr) {
		if id := rootOf(x); id != nil && info.Defs[id] == nil {
			names[id.Name] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				note(to)
			}
		case *ast.IncDecStmt:
			note(n.X)
		case *ast.RangeStmt:
			if n.Key != nil {
				note(n.Key)
			}
			if n.Value != nil {
				note(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				note(n.X)
			}
		case *ast.SelectorExpr:
			// A method of a pointer takes the variable's address; one that is a pointer can change what it leads to.
			if s := info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				if _, pointer := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer); pointer {
					note(n.X)
				}
			}
		}
		return true
	})
	return names
}

// changes tells whether a statement may change the value of a variable: it sets it or a part of it, or hands what it
// refers to to someone who may.
func changes(s ast.Stmt, name string, t types.Type, info types.Info) bool {
	return assignedIn(s, info)[name] || refers(t) && handed(s, name, info)
}

// refers tells whether something can be changed through a copy of a value.
func refers(t types.Type) bool {
	if isError(t) {
		return false // of which only the text counts
	}
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Interface, *types.Chan, *types.Signature:
		return true
	case *types.Array:
		return refers(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if refers(f.Type()) {
				return true
			}
		}
	}
	return false
}

// handed tells whether a variable is the argument of a call, or a method of it is called, other than to look at it.
func handed(n ast.Node, name string, info types.Info) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || looks(call, info) {
			return !found
		}
		for _, argument := range append([]ast.Expr{call.Fun}, call.Args...) {
			if id := rootOf(argument); id != nil && id.Name == name {
				found = true
			}
		}
		return !found
	})
	return found
}

// looks tells whether a call only looks at its arguments, as len, fmt's functions and trainings do: those take a context.
func looks(call *ast.CallExpr, info types.Info) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "len" || f.Name == "cap"
	case *ast.SelectorExpr:
		function, ok := info.Uses[f.Sel].(*types.Func)
		return ok && function.Pkg() != nil && (function.Pkg().Path() == "fmt" && !strings.Contains(function.Name(), "can") || takesContext(function))
	}
	return false
}

// rootOf is x in x, x.f, x[i], *x and &x.
func rootOf(x ast.Expr) *ast.Ident {
	for {
		switch e := x.(type) {
		case *ast.Ident:
			return e
		case *ast.SelectorExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.CallExpr: // data.X.Row(0)[1] = 2
			x = e.Fun
		case *ast.SliceExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		case *ast.ParenExpr:
			x = e.X
		case *ast.UnaryExpr:
			if e.Op != token.AND {
				return nil
			}
			x = e.X
		default:
			return nil
		}
	}
}
