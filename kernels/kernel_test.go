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
	bench := newBench(t)
	bench.run(t, "test_kernel.py")
}

// TestFirstCells runs test_first_cells.py: what someone types who knows Go and nothing of GoNB.
func TestFirstCells(t *testing.T) {
	bench := newBench(t)
	bench.run(t, "test_first_cells.py")
}

// bench is what the tests in Python need: this source's own program, and kernelspecs that start it.
type bench struct {
	project kernels.Project
	python  string
	command string // in a folder whose name needs care
	jupyter string
}

// newBench builds and installs, or skips the test where something is missing.
func newBench(t *testing.T) bench {
	t.Helper()
	if testing.Short() {
		t.Skip("starts many kernels")
	}
	project, err := kernels.FindProject(".")
	require.NoError(t, err)
	b := bench{project: project, python: filepath.Join(project.Python(), "bin", "python")}
	if _, err := exec.LookPath(b.python); err != nil {
		t.Skip("the project's Python environment is missing: run make setup")
	}
	if err := exec.Command(b.python, "-c", "import jupyter_kernel_test, nbclient").Run(); err != nil {
		t.Skip("jupyter_kernel_test or nbclient is missing in the project's Python environment: make test installs them")
	}
	for _, tool := range []string{"gonb", "goimports", "gopls"} {
		if _, err := exec.LookPath(filepath.Join(project.Root, ".lab", "bin", tool)); err != nil {
			t.Skipf("%s is missing in .lab/bin: run make setup", tool)
		}
	}
	folder := filepath.Join(t.TempDir(), "ein Plätzchen")
	b.command, b.jupyter = filepath.Join(folder, "unstuck"), filepath.Join(folder, "jupyter")
	built, err := exec.Command("go", "build", "-o", b.command, "example.com/unstuck/cmd/unstuck").CombinedOutput()
	require.NoError(t, err, string(built))
	_, err = kernels.Install(filepath.Join(b.jupyter, "kernels"), kernels.Specs(), b.command, project)
	require.NoError(t, err)
	return b
}

// run runs a file of tests in Python and fails with what it said.
func (b bench) run(t *testing.T, file string, arguments ...string) {
	t.Helper()
	// Kernels open sockets in the folder for temporary files, and a socket's path must be short.
	temp, err := os.MkdirTemp("/tmp", "k")
	require.NoError(t, err)
	defer os.RemoveAll(temp)
	test := exec.Command(b.python, append([]string{file}, arguments...)...)
	test.Env = append(os.Environ(), "JUPYTER_PATH="+b.jupyter, "TMPDIR="+temp, "GOPROXY=off", "GOFLAGS=")
	output, err := test.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", file, err, output)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	t.Log(lines[len(lines)-1])
	for _, s := range skipped(lines) {
		t.Run(s.test, func(t *testing.T) { t.Skip(s.why) })
	}
}

type skip struct{ test, why string }

// skipped lists the tests that Python's unittest names as skipped: in one line, or in two where the test has a
// docstring.
func skipped(lines []string) (found []skip) {
	test := ""
	for _, line := range lines {
		if name, _, ok := strings.Cut(line, " ("); ok && strings.HasPrefix(name, "test_") {
			test = name
		}
		if _, why, ok := strings.Cut(line, " ... skipped "); ok {
			found = append(found, skip{test, why})
		}
	}
	return found
}

func TestSkipsOfPythonAreSeen(t *testing.T) {
	require.Equal(t, []skip{{"test_a", "'no disk'"}, {"test_c", "'no (other) one'"}}, skipped([]string{
		"test_a (test_faults.Faults.test_a)", "What it is about ... skipped 'no disk'",
		"test_b (test_faults.Faults.test_b) ... ok",
		"test_c (test_faults.Faults.test_c) ... skipped 'no (other) one'",
	}))
}
