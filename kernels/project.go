package kernels

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// Project is a Go module whose packages the notebooks use.
type Project struct {
	// Root is the absolute path of the folder that holds go.mod.
	Root string
	// Module is the module's path.
	Module string
}

// OpenProject reads the module in root. It is an error when there is no readable go.mod, or when the path holds a comma,
// which GoNB would take for the border between two workspaces, or a colon (on Windows a semicolon), which does that in PATH.
func OpenProject(root string) (Project, error) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		return Project{}, fmt.Errorf("project %s: %w", root, err)
	}
	file := filepath.Join(absolute, "go.mod")
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Project{}, fmt.Errorf("no go.mod in %s: name the project's folder with --project", absolute)
	}
	if err != nil {
		return Project{}, fmt.Errorf("project: %w", err)
	}
	module := modfile.ModulePath(content)
	if module == "" {
		return Project{}, fmt.Errorf("%s names no module", file)
	}
	if strings.Contains(absolute, ",") {
		return Project{}, fmt.Errorf("the project's path %q holds a comma, which GoNB can't take in a workspace: move it", absolute)
	}
	if strings.ContainsRune(absolute, os.PathListSeparator) {
		return Project{}, fmt.Errorf("the project's path %q holds %q, which separates folders in PATH: move it", absolute, os.PathListSeparator)
	}
	return Project{Root: absolute, Module: module}, nil
}

// FindProject opens the module that folder lies in: the nearest parent with a go.mod.
func FindProject(folder string) (Project, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return Project{}, fmt.Errorf("project: %w", err)
	}
	for at := absolute; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return OpenProject(at)
		}
		if at == filepath.Dir(at) {
			return Project{}, fmt.Errorf("no go.mod in %s or above it: name the project's folder with --project", absolute)
		}
	}
}

// lab is where the project keeps what it installs.
func (p Project) lab() string { return filepath.Join(p.Root, ".lab") }

// Python is the project's own Python environment. It need not exist.
func (p Project) Python() string { return filepath.Join(p.lab(), "venv") }

// Command is the path of the project's own unstuck command. It need not exist.
func (p Project) Command() string { return filepath.Join(p.lab(), "bin", "unstuck") }
