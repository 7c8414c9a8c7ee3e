package kernels

import (
	"fmt"
	"os"
)

// Remove deletes the kernelspecs of specs from folder, as far as they are there and ours, and returns their folders.
func Remove(folder string, specs []Spec) ([]string, error) {
	installed, err := List(folder)
	if err != nil {
		return nil, fmt.Errorf("remove: %w", err)
	}
	var removed []string
	for _, spec := range specs {
		for _, i := range installed {
			if i.Name != spec.Name {
				continue
			}
			if err := os.RemoveAll(i.Folder); err != nil {
				return removed, fmt.Errorf("remove %s: %w", spec.Name, err)
			}
			removed = append(removed, i.Folder)
		}
	}
	return removed, nil
}
