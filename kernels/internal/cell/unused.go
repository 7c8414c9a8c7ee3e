package cell

import (
	"go/ast"
	"go/token"
	"strings"
)

// notUsed is how the type checker begins what it says of a variable that nothing uses.
const notUsed = "declared and not used: "

// unused lets variables that nothing uses stop nothing: _ = x follows where x is defined.
func (a *analysis) unused() {
	for _, problem := range a.problems {
		name, ok := strings.CutPrefix(problem.Msg, notUsed)
		if !ok || problem.Pos < a.file.Pos() || problem.Pos > a.file.End() {
			continue
		}
		if at, text := a.useAfter(problem.Pos, name); at.IsValid() && !a.needless[problem.Pos] && !a.told[problem.Pos] {
			if text == "; _ = "+name && a.isErrorAt(problem.Pos) && a.helps() {
				text = tell(name)
			}
			a.insert(at, text)
		}
	}
}

// isErrorAt tells whether the variable defined at pos is an error.
func (a *analysis) isErrorAt(pos token.Pos) bool {
	for id, object := range a.info.Defs {
		if id.Pos() == pos && object != nil {
			return isError(object.Type())
		}
	}
	return false
}

// useAfter finds where a use of the variable defined at pos can stand.
func (a *analysis) useAfter(pos token.Pos, name string) (at token.Pos, text string) {
	var inner ast.Node // what was entered on the way to pos
	ast.Inspect(a.file, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || pos >= n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			at, text = within(n.List, pos, name)
		case *ast.CaseClause:
			at, text = within(n.Body, pos, name)
		case *ast.CommClause:
			if n.Comm != nil && pos < n.Comm.End() {
				at, text = n.Colon+1, " _ = "+name+";"
			} else {
				at, text = within(n.Body, pos, name)
			}
		case *ast.IfStmt:
			if pos < n.Body.Pos() {
				at, text = n.Body.Lbrace+1, " _ = "+name+";"
			}
		case *ast.ForStmt:
			if pos < n.Body.Pos() {
				at, text = n.Body.Lbrace+1, " _ = "+name+";"
			}
		case *ast.RangeStmt:
			if pos < n.Body.Pos() && pos >= n.Pos() {
				at, text = n.Body.Lbrace+1, " _ = "+name+";"
			}
		case *ast.SwitchStmt:
			if pos < n.Body.Pos() {
				at, text = firstClause(n.Body, name)
			}
		case *ast.TypeSwitchStmt:
			if pos < n.Body.Pos() {
				at, text = firstClause(n.Body, name)
			}
		}
		inner = n
		return true
	})
	if inner == nil {
		return token.NoPos, ""
	}
	return at, text
}

// within finds the statement of a list that defines the variable.
func within(list []ast.Stmt, pos token.Pos, name string) (token.Pos, string) {
	for _, s := range list {
		if pos < s.Pos() || pos >= s.End() {
			continue
		}
		if labeled, ok := s.(*ast.LabeledStmt); ok {
			s = labeled.Stmt
		}
		switch s.(type) {
		case *ast.AssignStmt, *ast.DeclStmt:
			return s.End(), "; _ = " + name
		}
	}
	return token.NoPos, ""
}

// firstClause finds where a variable of a switch can be used: in one of its cases.
func firstClause(body *ast.BlockStmt, name string) (token.Pos, string) {
	if len(body.List) > 0 {
		if clause, ok := body.List[0].(*ast.CaseClause); ok {
			return clause.Colon + 1, " _ = " + name + ";"
		}
	}
	return token.NoPos, ""
}
