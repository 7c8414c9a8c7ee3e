package kernels

import (
	"io/fs"
	"os"
	"path/filepath"
)

// glob returns the paths under root that match the slash-separated pattern. Unlike [filepath.Glob] it takes root
// literally, whatever characters it holds.
func glob(root, pattern string) []string {
	matches, err := fs.Glob(os.DirFS(root), pattern)
	if err != nil {
		return nil
	}
	for i, match := range matches {
		matches[i] = filepath.Join(root, filepath.FromSlash(match))
	}
	return matches
}
