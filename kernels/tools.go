package kernels

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// toolNames are the programs that a kernel needs beside the go command. The versions are those of the project's go.mod,
// so a program of the same name elsewhere on the PATH is no substitute.
var toolNames = []string{"gonb", "goimports", "gopls"}

// tools returns the folder with the pinned programs: the project's .lab/bin, or the folder of this very program where an
// image keeps them all together. The error names what is missing and how to get it.
func (p Project) tools() (string, error) {
	folders := []string{filepath.Join(p.lab(), "bin")}
	if self, err := os.Executable(); err == nil {
		folders = append(folders, filepath.Dir(self))
	}
	for _, folder := range folders {
		if len(missingTools(folder)) == 0 {
			return folder, nil
		}
	}
	return "", fmt.Errorf("%s missing in %s: run make lab in %s",
		strings.Join(missingTools(folders[0]), ", "), folders[0], p.Root)
}

func missingTools(folder string) []string {
	var missing []string
	for _, name := range toolNames {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}
