package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// reassign has x = expression leave x as x := expression would, where no file can hold it: declared, or made again. It reports
// whether nothing of the statement is left.
func (a *analysis) reassign(s *ast.AssignStmt) bool {
	var names []name
	for _, to := range s.Lhs {
		id, ok := to.(*ast.Ident)
		if !ok {
			return false
		}
		if v, ok := a.info.Uses[id].(*types.Var); ok && v.Parent() == a.pkg.Scope() {
			names = append(names, name{id, v.Type()})
		}
	}
	if len(names) == 0 || s.Tok != token.ASSIGN || !a.sound {
		return false
	}
	if first := names[0]; isModel(first.typ) && strings.Contains(a.session.values[first.id.Name].Text, "= notebook.Made[") {
		var value Value
		if a.onlyHere(s, names[:1]) && a.remake(s, first, &value) {
			a.result.Set[first.id.Name] = value
		}
		return false
	}
	if len(names) != len(s.Lhs) || len(s.Lhs) != len(s.Rhs) || !a.onlyHere(s, names) {
		return false
	}
	for i, n := range names {
		if storable(n.typ) == "" || !types.Identical(n.typ, a.typeOf(s.Rhs[i])) {
			return false
		}
	}
	byFunctions := a.anyFunction().set
	for _, n := range names {
		delete(a.here.set, n.id.Name)
	}
	if !a.declare(s, names) {
		for _, n := range names {
			a.here.set[n.id.Name] = true
		}
		return false
	}
	for _, n := range names {
		if !byFunctions[n.id.Name] {
			delete(a.mutable.set, n.id.Name)
		}
		if _, ours := a.session.values[n.id.Name]; !ours {
			a.changed[n.id.Name] = true // what is made from it is another value
		}
	}
	return true
}

// onlyHere tells whether a cell's program is the same when variables have from its beginning what a statement sets them to.
func (a *analysis) onlyHere(s *ast.AssignStmt, names []name) bool {
	these := map[string]bool{}
	for _, n := range names {
		these[n.id.Name] = true
	}
	ahead := true // of s
	for _, other := range a.main.Body.List {
		if other == ast.Stmt(s) {
			ahead = false
			continue
		}
		own, reached := a.direct(other), a.reached(other)
		for name := range these {
			if own.set[name] || reached.set[name] {
				return false
			}
		}
		if ahead && (mentions(a.source(other), these) || a.functionsMention(these)) {
			return false
		}
	}
	for _, d := range a.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && mentions(a.source(g), these) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Rhs, func(x ast.Expr) bool { return a.leadsTo(a.source(x), these, map[string]bool{}) })
}

// functionsMention tells whether a function of the notebook uses one of the variables.
func (a *analysis) functionsMention(these map[string]bool) bool {
	for _, body := range a.bodies {
		found := false
		ast.Inspect(body.Body, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && these[id.Name]
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// leadsTo tells whether source may be worked out from one of the variables, by itself or by what it is worked out from. A
// declaration of Go's can't be.
func (a *analysis) leadsTo(source string, these, seen map[string]bool) bool {
	found := false
	tokensOf(source, func(tok token.Token, literal string) bool {
		if tok != token.IDENT || seen[literal] {
			return true
		}
		if found = these[literal]; found {
			return false
		}
		seen[literal] = true
		if _, isFunction := a.pkg.Scope().Lookup(literal).(*types.Func); isFunction {
			found = true
			return false
		}
		text := a.result.Set[literal].Text
		if text == "" {
			text = a.session.values[literal].Text
		}
		if text == "" {
			text, _ = a.session.prior.value(literal)
		}
		found = text != "" && a.leadsTo(text, these, seen)
		return !found
	})
	return found
}

// assigned tells whether a statement sets a variable of the program or a part of it, and whether it takes its address, rather
// than calling something that changes it.
func (a *analysis) assigned(s ast.Stmt, name string) (assigned, addressed bool) {
	is := func(x ast.Expr) bool {
		id := rootOf(x)
		return id != nil && id.Name == name && a.variable(id)
	}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				assigned = assigned || is(to)
			}
		case *ast.IncDecStmt:
			assigned = assigned || is(n.X)
		case *ast.RangeStmt:
			for _, to := range []ast.Expr{n.Key, n.Value} {
				assigned = assigned || to != nil && n.Tok == token.ASSIGN && is(to)
			}
		case *ast.UnaryExpr:
			addressed = addressed || n.Op == token.AND && is(n.X)
		}
		return true
	})
	return assigned, addressed
}
