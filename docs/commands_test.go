package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	makes   = regexp.MustCompile("(?m)^`?make ((?:[a-z][a-z-]* ?)+)")
	goPaths = regexp.MustCompile(`\bgo (?:run|test|build|vet)\b[^\n|` + "`" + `]*`)
	goPath  = regexp.MustCompile(`\./[a-z][\w/]*(?:\.\.\.)?`)
	target  = regexp.MustCompile(`(?m)^([a-z-]+):`)
)

// TestCommands looks for the targets of every make, and for the packages of every go command, in the documents.
func TestCommands(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "Makefile"))
	require.NoError(t, err)
	var targets []string
	for _, m := range target.FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	found := 0
	for _, path := range documents(t) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		code := append(fence.FindAllString(string(content), -1), span.FindAllString(fence.ReplaceAllString(string(content), ""), -1)...)
		for _, m := range makes.FindAllStringSubmatch(strings.Join(code, "\n"), -1) {
			for name := range strings.FieldsSeq(m[1]) {
				found++
				assert.Contains(t, targets, name, "%s: make %s", path, name)
			}
		}
		for _, command := range goPaths.FindAllString(string(content), -1) {
			for _, p := range goPath.FindAllString(command, -1) {
				found++
				_, err := os.Stat(filepath.Join("..", filepath.FromSlash(strings.TrimSuffix(p, "/..."))))
				assert.NoError(t, err, "%s: %s", path, command)
			}
		}
	}
	assert.Greater(t, found, 30)
}
