package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// remake declares a variable for later cells that is made once more in them.
func (a *analysis) remake(s *ast.AssignStmt, n name, value *Value) bool {
	if closes(n.typ) || !isModel(n.typ) && a.here.set[n.id.Name] {
		return false
	}
	if len(s.Rhs) != 1 || len(s.Lhs) > 2 || s.Lhs[0] != ast.Expr(n.id) || a.nameable(n.id.Name) != "" || !a.sound {
		return false
	}
	made := s.Rhs[0]
	if inner := a.unwrapped(made); inner != nil {
		made = inner
	}
	results, isTuple := a.info.Types[made].Type.(*types.Tuple)
	if isTuple && (results.Len() != 2 || !isError(results.At(1).Type())) || !isTuple && len(s.Lhs) == 2 {
		return false
	}
	from, ok := a.repeatable(made, a.mutable.set, need{calls: true, carried: true})
	if !ok {
		return false
	}
	written, why := a.typeText(n.typ)
	if why != "" {
		return false
	}
	source := a.source(made)
	if strings.Contains(source, "\n") {
		source = oneLine(source)
	}
	if !isTuple {
		source += ", nil"
	}
	text := fmt.Sprintf("var %s = notebook.Made[%s](%q)(%s)", n.id.Name, written, n.id.Name, source)
	a.extra = append(a.extra, text)
	*value = Value{From: from, Text: text, File: isModel(n.typ)}
	return true
}

// unwrapped is f() in notebook.Must(f()), which in a later cell would end that one.
func (a *analysis) unwrapped(x ast.Expr) *ast.CallExpr {
	call, ok := x.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Must" {
		return nil
	}
	if f, ok := a.info.Uses[selector.Sel].(*types.Func); !ok || f.Pkg() == nil || f.Pkg().Path() != a.session.Helper {
		return nil
	}
	inner, _ := call.Args[0].(*ast.CallExpr)
	return inner
}

// reaching has h := notebook.Must(m.Fit(…)), or =, leave what was reached when the cell is interrupted: Must never returns then.
func (a *analysis) reaching(s *ast.AssignStmt) {
	if len(s.Lhs) != 1 || len(s.Rhs) != 1 || a.unwrapped(s.Rhs[0]) == nil {
		return
	}
	id, ok := s.Lhs[0].(*ast.Ident)
	if !ok || !a.hoisted[id.Name] && (s.Tok == token.DEFINE || a.pkg.Scope().Lookup(id.Name) == nil) || !isHistory(a.typeOf(id)) {
		return
	}
	must := s.Rhs[0].(*ast.CallExpr).Fun
	stated, start := a.place(must.Pos())
	_, end := a.place(must.End())
	a.edits = append(a.edits, edit{stated, start, end, fmt.Sprintf("notebook.Reaching(%q, &%s)", id.Name, id.Name)})
}

// oneLine writes source without line ends, as the compiler reads it: with the semicolons that it would see there.
func oneLine(source string) string {
	var words []string
	tokensOf(source, func(tok token.Token, literal string) bool {
		switch {
		case tok == token.SEMICOLON:
			words = append(words, ";")
		case literal != "":
			words = append(words, literal)
		default:
			words = append(words, tok.String())
		}
		return true
	})
	for len(words) > 0 && words[len(words)-1] == ";" {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}
