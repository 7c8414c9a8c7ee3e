package notebook

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSetAnew(t *testing.T) {
	source, err := parseCell("main.go", []byte(`package main
func main() {
	v = f()
	a, b = b, v
	n++
	n = 2
	for i := range 3 {
		in = i
	}
}`))
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"v": true, "a": true}, setAnew(source.main()))
}

// TestKeepDoesNotFollowItsOwnVariable: v = Keep(…) in a notebook's cell sets what later cells find as v.
func TestKeepDoesNotFollowItsOwnVariable(t *testing.T) {
	t.Setenv(CarryFolder, t.TempDir())
	source, err := parseCell("main.go", []byte(`package main
var v = notebook.Carried[float64]("v")
var n = notebook.Carried[int]("n")
func main() {
	v = notebook.Must(notebook.Keep("low", func() (float64, error) { return float64(n), nil }))
}`))
	require.NoError(t, err)
	of, err := source.origin(5)
	require.NoError(t, err)
	assert.Contains(t, of.files, carriedPath("n"))
	assert.NotContains(t, of.files, carriedPath("v"))
}
