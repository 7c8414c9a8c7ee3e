package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// need is what an expression that is worked out again may use.
type need struct {
	calls   bool // of the project's functions, and of its values' methods
	carried bool // variables that this cell sets, which are there in later ones
}

// repeatable tells whether an expression can be worked out in every later cell and comes to the same: what it is worked out
// from, or not ok.
func (a *analysis) repeatable(x ast.Expr, assigned map[string]bool, may need) (from []string, ok bool) {
	ok = true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			from, ok = a.dependsOn(n, from, assigned, ok, may)
		case *ast.FuncLit: // defined, not called: it needs what it uses to be variables of the program, no more
			ast.Inspect(n, func(n ast.Node) bool {
				if id, isName := n.(*ast.Ident); isName {
					v, isVariable := a.info.Uses[id].(*types.Var)
					if isVariable && a.isLocal(v) {
						from, ok = append(from, id.Name), ok && a.hoisted[id.Name]
					}
				}
				return ok
			})
			return false
		case *ast.CallExpr:
			ok = ok && (a.isConversion(n) || may.calls && a.callsPackage(n))
		case *ast.IndexListExpr, *ast.IndexExpr:
			ok = ok && a.isInstance(n.(ast.Expr))
		case *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.BinaryExpr:
			switch n.Op {
			case token.QUO, token.REM, token.SHL, token.SHR:
				ok = ok && a.info.Types[n].Value != nil // a constant
			}
		case *ast.SelectorExpr:
			if selection := a.info.Selections[n]; selection != nil {
				_, pointer := selection.Recv().Underlying().(*types.Pointer)
				ok = ok && !pointer && !selection.Indirect() && (selection.Kind() == types.FieldVal || may.calls && a.isOfValue(selection.Obj()))
			}
		}
		return ok
	})
	return from, ok
}

func (a *analysis) dependsOn(id *ast.Ident, from []string, assigned map[string]bool, ok bool, may need) ([]string, bool) {
	v, isVariable := a.info.Uses[id].(*types.Var)
	if !isVariable || v.IsField() || !ok {
		return from, ok
	}
	switch {
	case v.Parent() == nil || v.Pkg() != a.pkg:
		return from, ok // another package's
	case a.isLocal(v):
		return append(from, id.Name), !assigned[id.Name] && (a.hoistedAs(id.Name) || may.carried && a.hoisted[id.Name])
	case v.Parent() == a.pkg.Scope():
		return append(from, id.Name), !assigned[id.Name]
	}
	return from, ok // a function's own
}

// isLocal tells whether a variable is one of those that the cell's statements define at the top level.
func (a *analysis) isLocal(v *types.Var) bool {
	return a.main != nil && v.Parent() == a.info.Scopes[a.main.Type]
}

// hoistedAs tells whether a name of this cell has become a declaration, rather than a variable that is set.
func (a *analysis) hoistedAs(name string) bool {
	return a.hoisted[name] && a.result.Set[name].Text != "" && !a.result.Set[name].Carried
}

func (a *analysis) isConversion(call *ast.CallExpr) bool {
	return a.info.Types[call.Fun].IsType()
}

func (a *analysis) isInstance(x ast.Expr) bool {
	t, ok := a.info.Types[x]
	return ok && (t.IsType() || t.IsValue() && isSignature(t.Type))
}

func isSignature(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// callsPackage tells whether a call is that of a function without a context, of a package that the project provides:
// os.Create does something each time.
func (a *analysis) callsPackage(call *ast.CallExpr) bool {
	f := call.Fun
	switch i := f.(type) {
	case *ast.IndexExpr:
		f = i.X
	case *ast.IndexListExpr:
		f = i.X
	}
	selector, ok := f.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	function, ok := a.info.Uses[selector.Sel].(*types.Func)
	if !ok || function.Pkg() == nil || !a.session.ours(function.Pkg().Path()) {
		return false
	}
	return !takesContext(function) && (function.Signature().Recv() == nil || a.isOfValue(function))
}

// isOfValue tells whether something is a method that gets a copy of its value, as optim.Optimizer's With does: one of a pointer
// may change what that leads to, and of an interface there is no saying.
func (a *analysis) isOfValue(method types.Object) bool {
	function, ok := method.(*types.Func)
	if !ok || function.Signature().Recv() == nil || function.Pkg() == nil || !a.session.ours(function.Pkg().Path()) {
		return false
	}
	switch function.Signature().Recv().Type().Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return false
	}
	return true
}

// takesContext tells whether a function may take long.
func takesContext(f *types.Func) bool {
	for p := range f.Signature().Params().Variables() {
		if named, ok := p.Type().(*types.Named); ok && named.Obj().Name() == "Context" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context" {
			return true
		}
	}
	return false
}
