package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersion(t *testing.T) {
	out, err := execute(t, "--version")
	require.NoError(t, err)
	require.Regexp(t, `^unstuck .+, go\S+\n$`, out)
}

// A file isn't broken into lines, and has no colours.
func TestScreenOfAFile(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	require.NoError(t, err)
	defer f.Close()
	o := (&screen{}).on(f)
	require.Zero(t, o.Width)
	require.False(t, o.Color)
	require.Equal(t, 72, (&screen{width: 72}).on(f).Width)
}
