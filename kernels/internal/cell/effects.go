package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
)

// effects are the variables of the program, by name, that a part of it may change.
type effects struct {
	// set are those that it sets, or a part of them, and those that it hands to someone who changes what he gets.
	set map[string]bool
	// lent are those whose slice, map or pointer it gives another name, or hands to someone who most likely looks only.
	lent map[string]bool
}

func newEffects() effects { return effects{map[string]bool{}, map[string]bool{}} }

func (e effects) add(other effects) {
	maps.Copy(e.set, other.set)
	maps.Copy(e.lent, other.lent)
}

func (e effects) has(name string) bool { return e.set[name] || e.lent[name] }

// variable tells whether an identifier stands for a variable of the program, or for one that statements of this cell set
// and a function of it uses, which the type checker doesn't find.
func (a *analysis) variable(id *ast.Ident) bool {
	switch object := a.info.Uses[id].(type) {
	case nil:
		_, defined := a.info.Defs[id]
		return !defined && id.Name != "_" && !predeclared(id.Name)
	case *types.Var:
		return !object.IsField() && a.pkg != nil && (object.Parent() == a.pkg.Scope() || a.isLocal(object))
	}
	return false
}

// direct is what n changes by itself.
func (a *analysis) direct(n ast.Node) effects {
	e := newEffects()
	set := func(x ast.Expr) {
		if id := rootOf(x); id != nil && a.variable(id) {
			e.set[id.Name] = true
		}
	}
	lend := func(x ast.Expr, as types.Type) {
		if id := rootOf(x); id != nil && a.variable(id) && (as == nil || a.shares(x, as)) {
			e.lent[id.Name] = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				set(to)
			}
			for _, x := range n.Rhs {
				lend(x, a.typeOf(x))
			}
		case *ast.IncDecStmt:
			set(n.X)
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if x != nil {
					set(x)
					lend(n.X, a.typeOf(x))
				}
			}
		case *ast.UnaryExpr:
			if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
				set(n.X)
			}
		case *ast.ValueSpec:
			for _, x := range n.Values {
				lend(x, a.typeOf(x))
			}
		case *ast.ReturnStmt:
			for _, x := range n.Results {
				lend(x, a.typeOf(x))
			}
		case *ast.SendStmt:
			lend(n.Value, a.typeOf(n.Value))
		case *ast.CompositeLit:
			for _, x := range n.Elts {
				if pair, ok := x.(*ast.KeyValueExpr); ok {
					x = pair.Value
				}
				lend(x, a.typeOf(x))
			}
		case *ast.SelectorExpr:
			a.method(n, set, lend)
		case *ast.CallExpr:
			if looks(n, a.info) || a.isConversion(n) {
				break
			}
			for i, x := range n.Args {
				if a.changesArgument(n, i, map[*types.Func]bool{}) && a.shares(x, a.typeOf(x)) {
					set(x)
				}
				lend(x, a.typeOf(x))
			}
		}
		return true
	})
	return e
}

// typeOf is an expression's type, not valid where it can't be told.
func (a *analysis) typeOf(x ast.Expr) types.Type {
	if t := a.info.TypeOf(x); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// shares tells whether something can be changed through a copy of the value of x, whose type is as.
func (a *analysis) shares(x ast.Expr, as types.Type) bool {
	if tuple, ok := as.(*types.Tuple); ok && tuple.Len() > 0 { // v, ok := m[k]
		as = tuple.At(0).Type()
	}
	if valid(as) {
		return refers(as)
	}
	if id := rootOf(x); id != nil && a.main != nil {
		if v := a.info.Scopes[a.main.Type].Lookup(id.Name); v != nil && valid(v.Type()) {
			return refers(v.Type())
		}
	}
	return true
}

// method notes what the use of a method may change: one of a pointer takes the variable's address.
func (a *analysis) method(n *ast.SelectorExpr, set func(ast.Expr), lend func(ast.Expr, types.Type)) {
	selection := a.info.Selections[n]
	if selection == nil {
		if id := rootOf(n.X); id != nil && a.info.Uses[id] == nil {
			set(n.X) // it can't be told
		}
		return
	}
	f, ok := selection.Obj().(*types.Func)
	if !ok || selection.Kind() != types.MethodVal {
		return
	}
	_, pointer := f.Signature().Recv().Type().(*types.Pointer)
	_, isInterface := selection.Recv().Underlying().(*types.Interface)
	switch {
	case f.Pkg() != a.pkg && f.Pkg() != nil && a.session.ours(f.Pkg().Path()), isInterface:
		lend(n.X, selection.Recv())
		if pointer {
			lend(n.X, nil)
		}
	case pointer && (f.Pkg() != a.pkg || a.changesParameter(f, -1, map[*types.Func]bool{})):
		set(n.X)
	case !pointer && refers(selection.Recv()) && f.Pkg() == a.pkg && a.changesParameter(f, -1, map[*types.Func]bool{}):
		set(n.X)
	default:
		lend(n.X, selection.Recv())
		if pointer {
			lend(n.X, nil)
		}
	}
}
