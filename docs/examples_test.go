package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var runExample = regexp.MustCompile(`(?ms)^func Example\w*\(\) \{.*?^\t// (?:Unordered )?[Oo]utput:`)

// TestEveryPackageHasAnExample looks for one that go test runs: with an output to compare.
func TestEveryPackageHasAnExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	dirs := []string{"kernels", "internal/atomicfile", "internal/allowance", "pkg/exchange/keras/internal/h5"}
	for _, row := range mapRow.FindAllStringSubmatch(string(text), -1) {
		dirs = append(dirs, row[1])
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*_test.go"))
		require.NoError(t, err)
		found := false
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			found = found || runExample.Match(content)
		}
		assert.True(t, found, "%s has no Example with an output", dir)
	}
}
