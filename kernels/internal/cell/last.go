package cell

import (
	"go/ast"
	"go/types"
	"slices"
)

// last has the value of the cell's last line shown. A call is one only where the types say that it returns something:
// of what may be no value at all, the compiler would say so. What writes (fmt.Println) returns how much, which no one asks.
// With a semicolon behind it, a value isn't shown.
func (a *analysis) last() {
	if a.main == nil || len(a.main.Body.List) == 0 || !a.helps() {
		return
	}
	statement, ok := a.main.Body.List[len(a.main.Body.List)-1].(*ast.ExprStmt)
	if !ok {
		return
	}
	value, known := a.info.Types[statement.X]
	if !a.worthShowing(statement.X, value, known) {
		return
	}
	if a.closed() {
		if !isCall(statement.X) {
			a.insert(statement.Pos(), "_ = ")
		}
		return
	}
	a.report(value.Type)
	show := "notebook.Result("
	if value.Type != nil && isError(value.Type) && isCall(statement.X) {
		show = "notebook.Check(" // that there is none is nothing to show
	}
	a.insert(statement.Pos(), show)
	a.insert(statement.End(), ")")
}

func (a *analysis) worthShowing(x ast.Expr, value types.TypeAndValue, known bool) bool {
	if !isCall(x) {
		return !known || !value.IsType() // a type alone is the compiler's to explain
	}
	if !known || value.Type == nil || value.IsVoid() || value.IsType() || !valid(value.Type) {
		return known && value.IsType()
	}
	results, ok := value.Type.(*types.Tuple)
	if !ok {
		return true
	}
	return results.Len() > 0 && !(results.Len() == 2 && types.Identical(results.At(0).Type(), types.Typ[types.Int]) && isError(results.At(1).Type()))
}

// helps tells whether the package that does the showing and keeping is there, under its name.
func (a *analysis) helps() bool {
	s := a.session
	if s.Helper == "" || a.imports["notebook"] != "" && a.imports["notebook"] != s.Helper || s.Imports["notebook"] != s.Helper {
		return false
	}
	if a.pkg != nil && a.pkg.Scope().Lookup("notebook") != nil {
		return false
	}
	for id, object := range a.info.Defs {
		if _, isPackage := object.(*types.PkgName); id.Name == "notebook" && !isPackage {
			return false
		}
	}
	return true
}

// closed tells whether a semicolon is written behind the cell's last statement.
func (a *analysis) closed() bool {
	if a.plain {
		for i := len(a.parts) - 1; i >= 0; i-- {
			if a.parts[i].kind == statement {
				return a.parts[i].closed
			}
		}
		return false
	}
	parts := split(a.stated)
	return len(parts) > 0 && parts[len(parts)-1].closed
}

// showing are the packages that tell how values of the package above them are shown.
var showing = []string{"report", "loopreport", "explorefigure"}

// report imports what shows a type, where that is a package of its own.
func (a *analysis) report(t types.Type) {
	if t == nil {
		return
	}
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return
	}
	for name, path := range a.session.Imports {
		if slices.Contains(showing, name) && path == named.Obj().Pkg().Path()+"/"+name {
			a.needImport(`_ "` + path + `"`)
		}
	}
}

func isCall(x ast.Expr) bool {
	for {
		p, ok := x.(*ast.ParenExpr)
		if !ok {
			break
		}
		x = p.X
	}
	_, ok := x.(*ast.CallExpr)
	return ok
}

// valid tells whether nothing is unknown in a type's first layer.
func valid(t types.Type) bool {
	if tuple, ok := t.(*types.Tuple); ok {
		for v := range tuple.Variables() {
			if !valid(v.Type()) {
				return false
			}
		}
		return true
	}
	return t != types.Typ[types.Invalid]
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }
