package kernels_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/kernels"
)

// TestKernel runs test_kernel.py: the kernels as Jupyter starts them, without a network.
func TestKernel(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many kernels")
	}
	project, err := kernels.FindProject(".")
	require.NoError(t, err)
	python := filepath.Join(project.Python(), "bin", "python")
	if _, err := exec.LookPath(python); err != nil {
		t.Skip("the project's Python environment is missing: run make setup")
	}
	if err := exec.Command(python, "-c", "import jupyter_kernel_test, nbclient").Run(); err != nil {
		t.Skip("jupyter_kernel_test or nbclient is missing in the project's Python environment: make test installs them")
	}
	for _, tool := range []string{"gonb", "goimports", "gopls"} {
		if _, err := exec.LookPath(filepath.Join(project.Root, ".lab", "bin", tool)); err != nil {
			t.Skipf("%s is missing in .lab/bin: run make setup", tool)
		}
	}

	// The program under test is the one of this source, in a folder whose name needs care.
	folder := filepath.Join(t.TempDir(), "ein Plätzchen")
	command := filepath.Join(folder, "unstuck")
	built, err := exec.Command("go", "build", "-o", command, "example.com/unstuck/cmd/unstuck").CombinedOutput()
	require.NoError(t, err, string(built))
	_, err = kernels.Install(filepath.Join(folder, "jupyter", "kernels"), kernels.Specs(), command, project)
	require.NoError(t, err)

	// Kernels open sockets in the folder for temporary files, and a socket's path must be short.
	temp, err := os.MkdirTemp("/tmp", "k")
	require.NoError(t, err)
	defer os.RemoveAll(temp)
	test := exec.Command(python, "test_kernel.py")
	test.Env = append(os.Environ(),
		"JUPYTER_PATH="+filepath.Join(folder, "jupyter"), "TMPDIR="+temp, "GOPROXY=off", "GOFLAGS=")
	output, err := test.CombinedOutput()
	if err != nil {
		t.Fatalf("test_kernel.py: %v\n%s", err, output)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	t.Log(lines[len(lines)-1])
}
