package notebook

import (
	"go/ast"
	"go/token"
)

// setInThisCell reports whether the cell that runs sets a variable before it looks at it.
func setInThisCell(name string) bool {
	file, _ := cellCall()
	if file == "" {
		return false
	}
	source, err := readCell(file)
	if err != nil {
		return false
	}
	main := source.main()
	return main != nil && setAnew(main)[name]
}

// setAnew are the variables of the program that a cell's statements set before they look at them: what an earlier cell
// has left in them counts for nothing.
func setAnew(main *ast.FuncDecl) map[string]bool {
	anew, seen := map[string]bool{}, map[string]bool{}
	look := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				seen[id.Name] = true
			}
			return true
		})
	}
	for _, s := range main.Body.List {
		set, ok := s.(*ast.AssignStmt)
		if !ok || set.Tok != token.ASSIGN {
			look(s)
			continue
		}
		for _, from := range set.Rhs {
			look(from)
		}
		for _, to := range set.Lhs {
			if id, ok := to.(*ast.Ident); ok && !seen[id.Name] {
				anew[id.Name] = true
			}
			look(to)
		}
	}
	return anew
}
