package docs_test

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var registered = regexp.MustCompile(`layers\.Add\((\w+)\{\}`)

// TestNobodyAsksForAKindOfLayer holds that no package outside of pkg/nn looks whether a layer is of a certain type: what
// anyone may ask of a layer, it says itself. Treatments that make a new layer write one down, which is another thing.
// Activations are values that are compared.
func TestNobodyAsksForAKindOfLayer(t *testing.T) {
	layers := layerTypes(t)
	require.Greater(t, len(layers), 30)
	asked := 0
	eachFile(t, []string{"pkg", "cmd"}, func(folder string, file *ast.File, at func(token.Pos) token.Position) {
		if folder == "pkg/nn" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var types []ast.Expr
			switch n := n.(type) {
			case *ast.TypeAssertExpr:
				types = []ast.Expr{n.Type}
			case *ast.CaseClause:
				types = n.List
			}
			for _, e := range types {
				s, ok := e.(*ast.SelectorExpr)
				if !ok {
					continue
				}
				if in, ok := s.X.(*ast.Ident); ok && in.Name == "nn" {
					asked++
					assert.False(t, layers[s.Sel.Name], "%s asks whether a layer is an nn.%s: let layers say what is asked of them", at(e.Pos()), s.Sel.Name)
				}
			}
			return true
		})
	})
	require.Positive(t, asked, "interfaces and activations are asked for")
}

// layerTypes are the types that pkg/nn registers as layers, but for the activations.
func layerTypes(t *testing.T) map[string]bool {
	files, err := filepath.Glob(filepath.Join("..", "pkg", "nn", "*.go"))
	require.NoError(t, err)
	types := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range registered.FindAllStringSubmatch(string(text), -1) {
			types[match[1]] = !strings.Contains(string(text), "activations.Add("+match[1]+"{}")
		}
	}
	return types
}
