package saved

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/unstuck/pkg/exchange/pictures"
)

// The names that data have in a folder, those first that are looked for first, and the folders of pictures.
var (
	dataNames      = []string{"data.npz", "data.csv", "data.tsv", "data.txt", "data.data", "data.parquet", "data.csv.gz"}
	pictureFolders = []string{"data", "images", "train"}
	otherData      = []string{".npz", ".csv", ".tsv", ".parquet"}
)

// findData finds a folder's data: under its usual names, as a folder of pictures, or as the only file that can be data.
func findData(dir string) (string, error) {
	path, err := first(dir, dataNames...)
	if err != nil || path != "" {
		return path, err
	}
	for _, name := range pictureFolders {
		if path := filepath.Join(dir, name); pictures.Is(path) {
			return path, nil
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var others []string
	for _, file := range files {
		if slices.Contains(otherData, strings.ToLower(filepath.Ext(file.Name()))) && file.Type().IsRegular() {
			others = append(others, file.Name())
		}
	}
	switch len(others) {
	case 0:
		return "", fmt.Errorf("%s holds no data: none of %q is there, no other table, and no folder of pictures", dir, dataNames)
	case 1:
		return filepath.Join(dir, others[0]), nil
	}
	return "", fmt.Errorf("%s holds several files that can be data, %q: name one with --data", dir, others)
}
