package kernels

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// cellsModule writes a module without packages into folder that requires the project and all that the project requires,
// and returns its path, for the cells' workspace. The project itself isn't in that workspace: gopls type-checks the packages of
// a workspace with all their tests again and again, and takes twice the memory and the processor from the cells for it;
// of a module that is only required it reads what a cell imports.
func cellsModule(folder string, p Project) (string, error) {
	content, err := os.ReadFile(filepath.Join(p.Root, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("the cells' module: %w", err)
	}
	file, err := modfile.Parse(filepath.Join(p.Root, "go.mod"), content, nil)
	if err != nil {
		return "", fmt.Errorf("the cells' module: %w", err)
	}
	cells := new(modfile.File)
	edits := []error{cells.AddModuleStmt(p.Module + "/cells"), cells.AddRequire(p.Module, "v0.0.0"), cells.AddReplace(p.Module, "", p.Root, "")}
	if file.Go != nil {
		edits = append(edits, cells.AddGoStmt(file.Go.Version))
	}
	for _, r := range file.Require {
		edits = append(edits, cells.AddRequire(r.Mod.Path, r.Mod.Version))
	}
	for _, r := range file.Replace {
		to := r.New.Path
		if r.New.Version == "" && !filepath.IsAbs(to) {
			to = filepath.Join(p.Root, to)
		}
		edits = append(edits, cells.AddReplace(r.Old.Path, r.Old.Version, to, r.New.Version))
	}
	for _, e := range file.Exclude {
		edits = append(edits, cells.AddExclude(e.Mod.Path, e.Mod.Version))
	}
	if err := errors.Join(edits...); err != nil {
		return "", fmt.Errorf("the cells' module: %w", err)
	}
	module := filepath.Join(folder, "module")
	if err := os.Mkdir(module, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(module, "go.mod"), modfile.Format(cells.Syntax), 0o644); err != nil {
		return "", err
	}
	sums, err := os.ReadFile(filepath.Join(p.Root, "go.sum"))
	if errors.Is(err, fs.ErrNotExist) {
		return module, nil
	}
	if err != nil {
		return "", fmt.Errorf("the cells' module: %w", err)
	}
	return module, os.WriteFile(filepath.Join(module, "go.sum"), sums, 0o644)
}
