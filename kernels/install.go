package kernels

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/unstuck/internal/atomicfile"
)

// specFile is the file that makes a folder a kernelspec.
const specFile = "kernel.json"

// Install writes the kernelspecs of specs into folder, each in a folder of its own, and returns these folders. command
// is the absolute path of the unstuck program that they start. A kernelspec that is there already is replaced, file by
// file and each in one step, so readers and other installations running at the same time see whole files only.
func Install(folder string, specs []Spec, command string, p Project) ([]string, error) {
	if !filepath.IsAbs(command) {
		return nil, fmt.Errorf("install: the command %q is not an absolute path", command)
	}
	var installed []string
	for _, spec := range specs {
		at := filepath.Join(folder, spec.Name)
		if err := install(at, spec, command, p); err != nil {
			return installed, fmt.Errorf("install %s: %w", spec.Name, err)
		}
		installed = append(installed, at)
	}
	return installed, nil
}

func install(folder string, spec Spec, command string, p Project) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range logoNames {
		content, err := spec.logo(name)
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(folder, name), content); err != nil {
			return err
		}
	}
	content, err := spec.render(command, p.Root).encode()
	if err != nil {
		return err
	}
	return replace(filepath.Join(folder, specFile), content) // last: Jupyter lists the kernel from here on
}

// replace writes a file so that its path holds either the old content or the new at any time.
func replace(path string, content []byte) error {
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}
