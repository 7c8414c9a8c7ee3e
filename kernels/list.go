package kernels

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Installed is a kernelspec of ours in a kernels folder.
type Installed struct {
	Spec
	// Folder is the kernelspec's own folder.
	Folder string
	// Project is the root of the workspace that it starts with.
	Project string
	// Missing says what it lacks to work, empty when nothing.
	Missing []string
}

// List returns our kernelspecs in folder, in the order of [Specs]. A folder that doesn't exist holds none; a kernelspec
// of the same name that someone else wrote is not listed.
func List(folder string) ([]Installed, error) {
	var found []Installed
	for _, spec := range Specs() {
		at := filepath.Join(folder, spec.Name)
		content, err := os.ReadFile(filepath.Join(at, specFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return found, fmt.Errorf("list %s: %w", spec.Name, err)
		}
		var written kernelJSON
		if err := json.Unmarshal(content, &written); err != nil {
			return found, fmt.Errorf("list %s: %s is not JSON: %w", spec.Name, filepath.Join(at, specFile), err)
		}
		if written.Metadata.Unstuck == nil {
			continue
		}
		found = append(found, Installed{
			Spec:    Spec{Name: spec.Name, DisplayName: written.DisplayName, Backend: written.Metadata.Unstuck.Backend},
			Folder:  at,
			Project: written.Metadata.Unstuck.Project,
			Missing: missing(written),
		})
	}
	return found, nil
}

// missing says what a kernelspec needs and doesn't find.
func missing(written kernelJSON) []string {
	var result []string
	if len(written.Argv) == 0 {
		return []string{"its command"}
	}
	if _, err := exec.LookPath(written.Argv[0]); err != nil {
		result = append(result, written.Argv[0])
	}
	p, err := OpenProject(written.Metadata.Unstuck.Project)
	if err != nil {
		return append(result, "the project ("+err.Error()+")")
	}
	if _, err := p.tools(); err != nil {
		result = append(result, err.Error())
	}
	backend := written.Metadata.Unstuck.Backend
	if strings.HasPrefix(backend, "xla:") && p.plugin(backend) == "" {
		result = append(result, "no "+backend+" plugin in "+p.Python()+" (another one may be installed elsewhere)")
	}
	return result
}
