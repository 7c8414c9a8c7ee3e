package kernels

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// goSettings are what the user has told the go command, by the environment or with go env -w.
type goSettings struct {
	flags string // GOFLAGS
	cache string // GOCACHE, or the default
}

func readGoSettings() (goSettings, error) {
	output, err := exec.Command("go", "env", "GOFLAGS", "GOCACHE").Output()
	if err != nil {
		return goSettings{}, fmt.Errorf("the go command is needed to run cells: %w", err)
	}
	flags, cache, _ := strings.Cut(string(output), "\n")
	return goSettings{flags: strings.TrimSpace(flags), cache: strings.TrimSpace(cache)}, nil
}

// writableCache returns the first of the folders that can be written, made where it is missing; the first of all when
// none can, for the go command to say so. Without a cache it builds nothing, and the home that it lies in may be read-only.
func writableCache(folders ...string) string {
	for _, folder := range folders {
		if !filepath.IsAbs(folder) || os.MkdirAll(folder, 0o777) != nil {
			continue // "off" where there is no home
		}
		file, err := os.CreateTemp(folder, "unstuck-*")
		if err != nil {
			continue
		}
		file.Close()
		os.Remove(file.Name())
		return folder
	}
	return folders[0]
}
