package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The steps of a cell are all there and take time; how much is for the command to measure.
func TestCell(t *testing.T) {
	project, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(project, ".lab", "bin", "goimports")); err != nil {
		t.Skip("goimports is not installed: make setup")
	}
	folder := t.TempDir()
	require.NoError(t, workspace(folder, project))
	steps, err := cell(folder, project, 0)
	require.NoError(t, err)
	require.Len(t, steps, 10)
	for _, s := range steps {
		require.Positive(t, s.Took, s.Name)
	}
}

func TestMedian(t *testing.T) {
	require.Equal(t, 2*time.Second, median([]time.Duration{3 * time.Second, time.Second, 2 * time.Second}))
}
