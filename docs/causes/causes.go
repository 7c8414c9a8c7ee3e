// Package causes holds the pages of this folder, one for each cause that is named: "dying-relu" is that of dying-relu.md.
package causes

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed *.md
var pages embed.FS

const overview = "README.md"

// IDs are the names of all pages, sorted.
func IDs() []string {
	entries, err := pages.ReadDir(".")
	if err != nil {
		return nil
	}
	var ids []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".md"); ok && e.Name() != overview {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Page is the Markdown of a page; false: there is none.
func Page(id string) (string, bool) {
	if id == strings.TrimSuffix(overview, ".md") || path.Base(id) != id {
		return "", false
	}
	text, err := pages.ReadFile(id + ".md")
	return string(text), err == nil
}

// Meaning is the first paragraph of a page on one line: what it is. Empty: there is no such page.
func Meaning(id string) string {
	text, _ := Page(id)
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" && !strings.HasPrefix(paragraph, "#") {
			return strings.Join(strings.Fields(paragraph), " ")
		}
	}
	return ""
}
