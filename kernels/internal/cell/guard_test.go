package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGuarded(t *testing.T) {
	for _, code := range []string{
		"x := `\n%d\n!ls \"a\" \\n\n%%\nend`",
		"x := `!\n!!` + `a\n%b` // `\n%args 1\ny := '`'\n/* `\n!c */\nz := `\n\n!d\n`",
		"%cd a\\\n!b `\nx := \"`\" + `\n//gonb:%cd x\n`",
	} {
		got := guarded(code)
		assert.Equal(t, strings.Count(code, "\n"), strings.Count(got, "\n"))
		was, is := read(code), read(got)
		assert.Equal(t, strings.Count(code, "\n%args 1")+strings.Count(code[:min(5, len(code))], "%cd")*2, commands(is), got)
		assert.Greater(t, commands(was), commands(is))
		assert.Equal(t, valuesIn(t, withoutCommands(code)), valuesIn(t, is.source), got)
	}
	for _, code := range []string{"%%bash\necho `\n!a\n`", "x := `\n%d", "x := 1\n%args 2\n!ls", "/*\n%a"} {
		assert.Equal(t, code, guarded(code))
	}
}

func commands(t text) (n int) {
	for _, is := range t.command {
		if is {
			n++
		}
	}
	return n
}

// withoutCommands takes out those that stand where GoNB's own may.
func withoutCommands(code string) string {
	return strings.ReplaceAll(strings.ReplaceAll(code, "%cd a\\\n!b `\n", "\n\n"), "\n%args 1", "\n")
}

// valuesIn are the values of the variables that source defines.
func valuesIn(t *testing.T, source string) (values []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "a.go", "package a\nfunc f() {\n"+source+"\n}", 0)
	require.NoError(t, err, source)
	info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Error: func(error) {}}
	_, _ = config.Check("a", set, []*ast.File{file}, &info)
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok {
			values = append(values, info.Types[s.Rhs[0]].Value.ExactString())
		}
		return true
	})
	return values
}
