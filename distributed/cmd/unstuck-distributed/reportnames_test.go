package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReportNames(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll(filepath.Join("a", "run"), 0o755))
	t.Chdir(filepath.Join("a", "run"))
	names, err := reportNames([]string{".", "../../b/run", "../../x/b/run", "..", "run-2/", "../run", "/"})
	require.NoError(t, err)
	require.Equal(t, []string{"run", "b-run", "b-run-2", "a", "run-2", "a-run", "root"}, names)
}

// Reports stay in their folder, one for each training.
func TestReportsAreNotOverwritten(t *testing.T) {
	dir := folder(t, small)
	for _, other := range []string{"a", "b"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, other, "stuck"), os.DirFS(filepath.Join(dir, "stuck"))))
	}
	c, _, told := command(t, filepath.Join(dir, "a", "stuck"), "diagnose", ".", "../../b/stuck", "--workers", "1", "--reports", "../../reports")
	require.NoError(t, c.Run(), told)
	found, err := filepath.Glob(filepath.Join(dir, "reports", "*"))
	require.NoError(t, err)
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	require.Equal(t, []string{"b-stuck.json", "b-stuck.txt", "stuck.json", "stuck.txt"}, found)
}
