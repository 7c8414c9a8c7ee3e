package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPrograms keeps the programs that documents show whole those that run.
func TestPrograms(t *testing.T) {
	for program, document := range map[string]string{
		"script":     "README.md",
		"diagnose":   "docs/script.md",
		"gomlxmodel": "docs/your-own-gomlx-model.md",
	} {
		t.Run(program, func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join("..", "examples", program, "main.go"))
			require.NoError(t, err)
			shown, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(document)))
			require.NoError(t, err)
			require.Contains(t, string(shown), "```go\n"+strings.TrimSpace(string(source))+"\n```")
		})
	}
}
