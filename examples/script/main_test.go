package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRun runs the program where the README says, and looks at what it leaves.
func TestRun(t *testing.T) {
	data, err := os.ReadFile("../../notebooks/data/diabetes.csv")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll("notebooks/data", 0o755))
	require.NoError(t, os.WriteFile("notebooks/data/diabetes.csv", data, 0o644))
	t.Setenv("GOMLX_BACKEND", "go")
	said, err := os.Create("said")
	require.NoError(t, err)
	stdout := os.Stdout
	os.Stdout = said
	main()
	os.Stdout = stdout
	text, err := os.ReadFile("said")
	require.NoError(t, err)
	require.Contains(t, string(text), "The figure is in losses.png.\n")
	picture, err := os.ReadFile("losses.png")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(picture), "\x89PNG"))
}
