package kernels_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/kernels"
)

// TestFaults runs test_faults.py: what goes wrong around a kernel that is at work.
func TestFaults(t *testing.T) {
	b := newBench(t)
	elsewhere := copyProject(t, b.project, filepath.Join(t.TempDir(), "Projekt größer & [neu]"))
	_, err := kernels.Install(filepath.Join(b.jupyter, "elsewhere", "kernels"), kernels.Specs(), b.command, elsewhere)
	require.NoError(t, err)
	t.Setenv("UNSTUCK_TEST_PROJECT", elsewhere.Root)
	t.Setenv("UNSTUCK_TEST_KERNELS", filepath.Join(b.jupyter, "elsewhere"))
	t.Setenv("UNSTUCK_TEST_PLUGIN", plugin(b.project))
	b.run(t, "test_faults.py")
}

// TestNothingGrows runs many_cells.py with as many cells as fit in a test.
func TestNothingGrows(t *testing.T) {
	b := newBench(t)
	b.run(t, "test_many_cells.py")
	b.run(t, "many_cells.py", "--cells", "300", "--warm", "100", "--every", "100")
}

// copyProject copies the source of a project and links its tools; it has no Python environment, so no plugin.
func copyProject(t *testing.T, p kernels.Project, to string) kernels.Project {
	t.Helper()
	for _, folder := range []string{"go.mod", "go.sum", "pkg", "internal"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(p.Root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
				return err
			}
			relative, err := filepath.Rel(p.Root, path)
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			target := filepath.Join(to, relative)
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
			return os.WriteFile(target, content, 0o644)
		}))
	}
	bin := filepath.Join(to, ".lab", "bin")
	require.NoError(t, os.MkdirAll(bin, 0o755))
	for _, tool := range []string{"gonb", "goimports", "gopls"} {
		require.NoError(t, os.Symlink(filepath.Join(p.Root, ".lab", "bin", tool), filepath.Join(bin, tool)))
	}
	copied, err := kernels.OpenProject(to)
	require.NoError(t, err)
	return copied
}

// plugin is the project's own plugin for the CPU, or "".
func plugin(p kernels.Project) string {
	found, err := fs.Glob(os.DirFS(p.Python()), "lib/python3*/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so")
	if err != nil || len(found) == 0 {
		return ""
	}
	return filepath.Join(p.Python(), filepath.FromSlash(found[0]))
}
