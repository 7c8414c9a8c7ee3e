// Package docs_test keeps the documents true: links lead somewhere, Go names exist, programs are those that run.
package docs_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	notWord = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks follows every relative link and image of every document, to the file and to the heading in it.
func TestLinks(t *testing.T) {
	found := 0
	for _, path := range documents(t) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(string(content), ""), -1) {
			target, err := url.Parse(m[1])
			if !assert.NoError(t, err, path) || target.Scheme != "" {
				continue
			}
			found++
			file := path
			if target.Path != "" {
				file = filepath.Join(filepath.Dir(path), filepath.FromSlash(target.Path))
			}
			if _, err := os.Stat(file); !assert.NoError(t, err, "%s links to %s", path, m[1]) || target.Fragment == "" {
				continue
			}
			assert.Contains(t, anchors(t, file), target.Fragment, "%s links to %s", path, m[1])
		}
	}
	assert.Greater(t, found, 50)
}

// anchors are the headings of a document as links spell them.
func anchors(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var all []string
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(string(content), ""), -1) {
		all = append(all, strings.ReplaceAll(strings.ToLower(notWord.ReplaceAllString(m[1], "")), " ", "-"))
	}
	return all
}

var place = regexp.MustCompile("`((?:bench|cmd|docker|docs|examples|internal|kernels|lab|notebooks|pkg)/[\\w./-]+)`")

// TestPaths looks for every file and folder that a document names in a code span.
func TestPaths(t *testing.T) {
	for _, document := range documents(t) {
		content, err := os.ReadFile(document)
		require.NoError(t, err)
		for _, m := range place.FindAllStringSubmatch(fence.ReplaceAllString(string(content), ""), -1) {
			_, err := os.Stat(filepath.Join("..", filepath.FromSlash(m[1])))
			assert.NoError(t, err, "%s names %s", document, m[1])
		}
	}
}

// TestNoPlaceOfThisMachine keeps out what is true on one machine only. /home/lab is a place in the images.
func TestNoPlaceOfThisMachine(t *testing.T) {
	machine := regexp.MustCompile(`/(root|Users)/\w|/work/\w|/home/[a-km-z]`)
	for _, document := range documents(t) {
		content, err := os.ReadFile(document)
		require.NoError(t, err)
		assert.Empty(t, machine.FindAllString(string(content), -1), document)
	}
}
