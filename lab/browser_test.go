// Package lab_test runs JupyterLab, as make lab starts it, in a real browser.
package lab_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestLabInBrowser does what a person does in JupyterLab: from the launcher to an exported page, and every notebook from
// top to bottom. What is done is told in browser/, a line for each in browser_test.py. It needs what make test installs,
// and a Chromium: CHROMIUM names one that is not on the PATH.
func TestLabInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: a browser is not for -short")
	}
	python := installed(t)
	chromium := browser(t)
	if len(notebooks(t)) == 0 {
		t.Fatal("no notebook in notebooks/")
	}

	command := exec.CommandContext(t.Context(), python, "browser_test.py", "--chromium", chromium)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) } // it ends what it started
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		t.Log(lines.Text())
	}
	if err := command.Wait(); err != nil {
		t.Errorf("JupyterLab in %s: %v", chromium, err)
	}
}

// installed returns the Python of the lab's environment, or skips the test.
func installed(t *testing.T) string {
	t.Helper()
	venv, err := filepath.Abs(filepath.Join("..", ".lab", "venv"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(venv, "installed-for-tests")); err != nil {
		t.Skip("skipped: JupyterLab and Playwright are not installed in .lab; make test installs them")
	}
	return filepath.Join(venv, "bin", "python")
}

// browser returns a Chromium's executable, or skips the test.
func browser(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("skipped: no Chromium found; Debian/Ubuntu: sudo apt-get install chromium   macOS: brew install --cask chromium")
	return ""
}

// notebooks returns the paths of the notebooks. Reading them, the kernel and the scripts lets go test know that a change
// there calls for another run.
func notebooks(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "notebooks", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := filepath.Glob(filepath.Join("browser", "*.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Concat(paths, own, []string{filepath.Join("..", ".lab", "bin", "unstuck"), "browser_test.py", "start.sh"}) {
		if _, err := os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}
