package docs_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// counted finds the rows and columns that a text names, and what else stands for a value in it.
var counted = regexp.MustCompile(`((?:row|column|line) )?%[-+# 0-9.]*[a-zA-Z]`)

// TestRowsAreCountedFromOne holds that no message gives a loop's index, which begins at 0, as a row, a column or a line: people look
// into a table by the numbers that it shows.
func TestRowsAreCountedFromOne(t *testing.T) {
	seen := 0
	eachFile(t, []string{"pkg", "internal", "cmd", "kernels"}, func(_ string, file *ast.File, at func(token.Pos) token.Position) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for i, x := range call.Args {
				literal, ok := x.(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					continue
				}
				for k, found := range counted.FindAllStringSubmatch(strings.ReplaceAll(literal.Value, "%%", ""), -1) {
					if found[1] == "" || i+1+k >= len(call.Args) {
						continue
					}
					seen++
					if id, ok := call.Args[i+1+k].(*ast.Ident); ok && fromZero(id) {
						t.Errorf("%s: %s of %s is counted from 0: add 1", at(id.Pos()), id.Name, literal.Value)
					}
				}
			}
			return true
		})
	})
	require.Greater(t, seen, 20)
}

// fromZero tells whether a name is the index of a loop over a range, or a function's parameter that goes by an index's name.
func fromZero(id *ast.Ident) bool {
	if id.Obj == nil {
		return false
	}
	switch d := id.Obj.Decl.(type) {
	case *ast.AssignStmt:
		r, ok := d.Rhs[0].(*ast.UnaryExpr)
		return ok && r.Op == token.RANGE && len(d.Lhs) > 0 && d.Lhs[0].(*ast.Ident).Name == id.Name
	case *ast.Field:
		return len(id.Name) == 1
	}
	return false
}
