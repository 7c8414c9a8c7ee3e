package kernels

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Location says where kernelspecs lie. Its zero value is the active Python environment (VIRTUAL_ENV), or else the
// project's own.
type Location struct {
	// Prefix is the root of a Python environment; relative paths count from the working folder.
	Prefix string
	// User is the place of the user's own kernels. It excludes Prefix.
	User bool
}

// Folder returns the kernels folder of the location. It need not exist. Without a prefix, an active environment or a
// project's environment, the error names the flags that help.
func (l Location) Folder(p Project) (string, error) {
	switch {
	case l.User && l.Prefix != "":
		return "", errors.New("--user and --prefix exclude each other")
	case l.User:
		return userFolder()
	case l.Prefix != "":
		return inPrefix(l.Prefix)
	}
	if active := os.Getenv("VIRTUAL_ENV"); active != "" {
		return inPrefix(active)
	}
	if info, err := os.Stat(p.Python()); p.Root != "" && err == nil && info.IsDir() {
		return inPrefix(p.Python())
	}
	return "", fmt.Errorf("no Python environment is active and %s does not exist: name one with --prefix DIR, or use --user",
		p.Python())
}

func inPrefix(prefix string) (string, error) {
	absolute, err := filepath.Abs(prefix)
	if err != nil {
		return "", fmt.Errorf("prefix %s: %w", prefix, err)
	}
	return filepath.Join(absolute, "share", "jupyter", "kernels"), nil
}

// userFolder follows https://docs.jupyter.org/en/stable/use/jupyter-directories.html.
func userFolder() (string, error) {
	if data := os.Getenv("JUPYTER_DATA_DIR"); data != "" {
		return filepath.Join(data, "kernels"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("--user: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter", "kernels"), nil
	}
	if data := os.Getenv("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "jupyter", "kernels"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter", "kernels"), nil
}
