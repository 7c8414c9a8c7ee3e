package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// changesArgument tells whether a call changes what its i-th argument refers to, as far as can be told.
func (a *analysis) changesArgument(call *ast.CallExpr, i int, around map[*types.Func]bool) bool {
	var id *ast.Ident
	f := call.Fun
	switch x := f.(type) {
	case *ast.IndexExpr:
		f = x.X
	case *ast.IndexListExpr:
		f = x.X
	}
	switch x := f.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return true
	}
	switch object := a.info.Uses[id].(type) {
	case *types.Builtin:
		return i == 0 && (object.Name() == "copy" || object.Name() == "delete" || object.Name() == "clear")
	case *types.Func:
		if object.Pkg() == a.pkg {
			return a.changesParameter(object.Origin(), i, around)
		}
		return object.Pkg() != nil && rearranges(object.Pkg().Path(), object.Name())
	}
	return true // a function in a variable
}

// rearranges tells whether a function of the standard library changes the slice or map of any type that it gets.
func rearranges(path, name string) bool {
	switch path {
	case "sort":
		return !strings.HasPrefix(name, "Search") && !strings.HasSuffix(name, "AreSorted") && !strings.HasSuffix(name, "IsSorted") && name != "Find"
	case "slices":
		for _, word := range []string{"Sort", "Reverse", "Delete", "Insert", "Replace", "Compact"} {
			if strings.HasPrefix(name, word) && !strings.HasPrefix(name, "Sorted") {
				return true
			}
		}
	case "maps":
		return name == "Copy" || name == "DeleteFunc" || name == "Insert"
	case "container/heap":
		return true
	}
	return false
}

// changesParameter tells whether a function of the notebook changes what its i-th parameter, -1 for its receiver, refers to.
func (a *analysis) changesParameter(f *types.Func, i int, around map[*types.Func]bool) bool {
	d := a.bodies[f.Origin()]
	if d == nil {
		return true
	}
	if around[f.Origin()] {
		return false // whoever calls it first tells
	}
	around[f.Origin()] = true
	defer delete(around, f.Origin())
	signature := f.Origin().Signature()
	v := signature.Recv()
	if i >= 0 {
		if signature.Params().Len() == 0 {
			return false
		}
		v = signature.Params().At(min(i, signature.Params().Len()-1))
	}
	aliases, found := map[types.Object]bool{v: true}, false
	is := func(x ast.Expr) bool {
		id := rootOf(x)
		return id != nil && aliases[a.info.Uses[id]]
	}
	for before := 0; before < len(aliases); { // y := x, before y[0] = 1
		before = len(aliases)
		ast.Inspect(d.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for k, x := range n.Rhs {
					if is(x) && a.shares(x, a.typeOf(x)) && k < len(n.Lhs) {
						a.alias(n.Lhs[k], aliases)
					}
				}
				for _, x := range n.Lhs {
					found = found || a.beyondCopy(x) && is(x)
				}
			case *ast.RangeStmt:
				if n.Value != nil && is(n.X) && a.shares(n.Value, a.typeOf(n.Value)) {
					a.alias(n.Value, aliases)
				}
			case *ast.IncDecStmt:
				found = found || a.beyondCopy(n.X) && is(n.X)
			case *ast.UnaryExpr:
				found = found || n.Op == token.AND && is(n.X)
			case *ast.SelectorExpr:
				if s := a.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && is(n.X) {
					m := s.Obj().(*types.Func)
					found = found || m.Pkg() == a.pkg && !types.IsInterface(s.Recv()) && a.changesParameter(m, -1, around)
					_, pointer := m.Signature().Recv().Type().(*types.Pointer)
					found = found || pointer && m.Pkg() != a.pkg && !a.session.ours(m.Pkg().Path())
				}
			case *ast.CallExpr:
				for k, x := range n.Args {
					if !looks(n, a.info) && !a.isConversion(n) && is(x) && a.shares(x, a.typeOf(x)) {
						found = found || a.changesArgument(n, k, around)
					}
				}
			}
			return true
		})
	}
	return found
}

func (a *analysis) alias(x ast.Expr, aliases map[types.Object]bool) {
	if id, ok := x.(*ast.Ident); ok {
		if object := a.info.ObjectOf(id); object != nil {
			aliases[object] = true
		}
	}
}

// beyondCopy tells whether setting x, a part of a parameter, is seen outside of the function: on the way to it is a pointer, a slice or
// a map. A field of a struct is the function's own, as the struct is.
func (a *analysis) beyondCopy(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return false
	case *ast.ParenExpr:
		return a.beyondCopy(x.X)
	case *ast.SelectorExpr:
		s := a.info.Selections[x]
		return s == nil || s.Indirect() || a.beyondCopy(x.X)
	case *ast.IndexExpr:
		if _, array := a.typeOf(x.X).Underlying().(*types.Array); array {
			return a.beyondCopy(x.X)
		}
	}
	return true
}
