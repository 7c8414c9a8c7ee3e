package cell

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// tellInput has a cell that reads what is typed say where that comes from: a cell has no terminal, so that fmt.Scanln, with no box to type
// into, would wait for ever without a word.
func (a *analysis) tellInput() {
	if a.main == nil || len(a.main.Body.List) == 0 || !a.helps() {
		return
	}
	reads, asks := "", false
	ast.Inspect(a.main.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		asks = asks || s.Sel.Name == "RequestInput"
		if of, ok := s.X.(*ast.Ident); ok && reads == "" && (of.Name == "fmt" && strings.HasPrefix(s.Sel.Name, "Scan") || of.Name == "os" && s.Sel.Name == "Stdin") {
			reads = of.Name + "." + s.Sel.Name
		}
		return true
	})
	if reads == "" || asks {
		return
	}
	stated, at := a.place(a.main.Body.List[0].Pos())
	a.edits = slices.Insert(a.edits, 0, edit{stated, at, at, fmt.Sprintf("notebook.NoInput(%q); ", reads)})
}
