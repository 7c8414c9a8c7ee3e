package dataset

import (
	"archive/zip"
	"fmt"
	"strings"
)

// NamesOfNPZ are the names of the arrays in an .npz file, in their order, at most 1,024.
func NamesOfNPZ(path string) ([]string, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: not an .npz archive: %w", path, err)
	}
	defer archive.Close()
	var names []string
	for _, f := range archive.File {
		if name, is := strings.CutSuffix(f.Name, ".npy"); is && len(names) < maxEntries {
			names = append(names, name)
		}
	}
	return names, nil
}
