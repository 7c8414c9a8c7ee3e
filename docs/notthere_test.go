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
	lacking = regexp.MustCompile(`(?i)\bnot there: [^.;\n]*|[^.;\n]*\b(?:isn't|aren't|is not|are not) (?:among (?:those|what)|there\b|supported|known)[^.;\n]*`)
	aClass  = regexp.MustCompile("`(?:\\w+\\.)*([A-Z]\\w*)`")
)

// TestWhatIsLackingIsNotThere holds that no document says of a layer that it isn't there, or isn't among those that are read,
// while pkg/nn has one of that name.
func TestWhatIsLackingIsNotThere(t *testing.T) {
	assert.Equal(t, []string{"MixUp", "Dense"}, lackingIn("Not there: `MixUp`, `Mine` and more. The `Dense` layer isn't among those that are read; use `ReLU`.", map[string]bool{"MixUp": true, "Dense": true, "ReLU": true}))
	layers := names(t, filepath.Join("..", "pkg", "nn"))
	for _, path := range documents(t) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Empty(t, lackingIn(fence.ReplaceAllString(string(content), ""), layers), "%s: says of these that they aren't there", path)
	}
}

// lackingIn are the classes that a text says aren't there, of those that are.
func lackingIn(text string, there map[string]bool) []string {
	var found []string
	for _, clause := range lacking.FindAllString(text, -1) {
		if strings.HasPrefix(clause, "|") {
			continue // a table's row says which setting isn't there
		}
		for _, class := range aClass.FindAllStringSubmatch(clause, -1) {
			if there[class[1]] {
				found = append(found, class[1])
			}
		}
	}
	return found
}
