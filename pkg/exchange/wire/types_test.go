package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// says are the methods by which a type is told to be one that a training's interfaces may hold.
var says = map[string][]string{
	"nn":    {"Apply", "ApplyAll", "Activate", "Values", "Penalty", "Constrain"},
	"optim": {"Update", "At", "Apply"},
	"loss":  {"PerRow", "Sums"},
	"text":  {"Encode"},
}

// never are those that no training that runs holds: what wasn't read, and what is a function.
var never = []string{"nn.Func", "nn.Role", "nn.Unread", "nn.UnreadSettings", "nn.Summary", "text.Unread"}

// Every exported type that may stand in a training is known, or said above not to be.
func TestEveryTypeIsKnown(t *testing.T) {
	found := 0
	for pkg, methods := range says {
		files, err := filepath.Glob(filepath.Join("..", "..", pkg, "*.go"))
		require.NoError(t, err)
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, d := range file.Decls {
				f, is := d.(*ast.FuncDecl)
				if !is || f.Recv == nil || !slices.Contains(methods, f.Name.Name) {
					continue
				}
				receiver, plain := f.Recv.List[0].Type.(*ast.Ident)
				if !plain || !receiver.IsExported() || slices.Contains(never, pkg+"."+receiver.Name) {
					continue
				}
				found++
				_, is = known()[pkg+"."+receiver.Name]
				assert.True(t, is, "a training that has %s.%s can't be sent: add it to unregistered", pkg, receiver.Name)
			}
		}
	}
	require.Greater(t, found, 250)
}
