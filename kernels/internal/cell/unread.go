package cell

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// unread has an error told that statements set and nothing looks at before it is gone: Go's compiler refuses most such
// cells, and kernels let them pass. What _ takes is meant to be lost.
func (a *analysis) unread() {
	if a.main == nil || !a.helps() {
		return
	}
	elsewhere := a.readByFunctions()
	for i, s := range a.main.Body.List {
		set := a.errorsSet(s)
		inOrder := slices.SortedFunc(maps.Keys(set), func(v, w *types.Var) int { return cmp.Compare(set[v].Pos(), set[w].Pos()) })
		for _, v := range inOrder {
			if elsewhere[v.Name()] || a.readBehind(v, s, a.main.Body.List[i+1:]) {
				continue
			}
			a.insert(s.End(), tell(v.Name()))
			a.told[set[v].Pos()] = true
		}
	}
}

func tell(name string) string { return fmt.Sprintf("; notebook.Unread(%q, %s)", name, name) }

// errorsSet are the errors among the variables of the program, and of the cell's statements, that s sets.
func (a *analysis) errorsSet(s ast.Stmt) map[*types.Var]*ast.Ident {
	set := map[*types.Var]*ast.Ident{}
	for id := range targets(s) {
		object := a.info.Defs[id]
		if object == nil {
			object = a.info.Uses[id]
		}
		if v, ok := object.(*types.Var); ok && isError(v.Type()) && (a.isLocal(v) || v.Parent() == a.pkg.Scope()) {
			if first := set[v]; first == nil || id.Pos() < first.Pos() {
				set[v] = id
			}
		}
	}
	return set
}

// targets are the names that a statement gives values, at whatever depth.
func targets(s ast.Stmt) map[*ast.Ident]bool {
	names := map[*ast.Ident]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE && n.Tok != token.ASSIGN {
				return true
			}
			for _, to := range n.Lhs {
				if id, ok := to.(*ast.Ident); ok {
					names[id] = true
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				names[id] = len(n.Values) > 0
			}
		}
		return true
	})
	return names
}

// readBehind tells whether anything looks at the value that s gives v before another statement replaces it.
func (a *analysis) readBehind(v *types.Var, s ast.Stmt, behind []ast.Stmt) bool {
	if _, simple := s.(*ast.AssignStmt); !simple && a.reads(s, v) {
		return true
	}
	for _, next := range behind {
		if a.reads(next, v) {
			return true
		}
		if assign, ok := next.(*ast.AssignStmt); ok && a.errorsSet(assign)[v] != nil {
			return false
		}
	}
	return false
}

func (a *analysis) reads(n ast.Stmt, v *types.Var) bool {
	set, found := targets(n), false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && !set[id] && a.info.Uses[id] == types.Object(v)
		return !found
	})
	return found
}

// readByFunctions are the names that functions use, or that have a pointer to them: these may look whenever they like. The
// type checker doesn't know what statements set in functions beside them, so names it is.
func (a *analysis) readByFunctions() map[string]bool {
	names := map[string]bool{}
	note := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && a.variable(id) {
				names[id.Name] = true
			}
			return true
		})
	}
	for _, file := range []*ast.File{a.file, a.earlier} {
		if file == nil {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n != a.main && n.Body != nil {
					note(n.Body)
				}
			case *ast.FuncLit:
				note(n.Body)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					note(n.X)
				}
			}
			return true
		})
	}
	return names
}
