package main

import (
	"fmt"
	"path/filepath"
)

// reportNames are what the reports of folders are called, each once: the folder's own name, where that is taken its parent's ahead of
// it, and where that is, too, a number behind it.
func reportNames(folders []string) ([]string, error) {
	names, taken := make([]string, len(folders)), map[string]bool{}
	for i, folder := range folders {
		path, err := filepath.Abs(folder)
		if err != nil {
			return nil, err
		}
		name := nameIn(path)
		if taken[name] {
			name = nameIn(filepath.Dir(path)) + "-" + name
		}
		first := name
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", first, n)
		}
		names[i], taken[name] = name, true
	}
	return names, nil
}

// nameIn is the last part of a clean path; the root has none.
func nameIn(path string) string {
	if filepath.Dir(path) == path {
		return "root"
	}
	return filepath.Base(path)
}
