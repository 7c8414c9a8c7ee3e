package backend

import (
	"os"
	"path/filepath"
	"runtime"
)

// environment is what a choice depends on: that of this process, or one made up by a test.
type environment struct {
	getenv       func(string) string
	workDir      string // empty if unknown
	home         string // the user's home; empty if unknown
	cache        string // where verification records may go; empty if unknown
	system       string // prefix of system folders, "/" in real life
	goos, goarch string
}

func processEnvironment() environment {
	// A process without home, cache or working directory has fewer places to look in; that is no failure.
	workDir, _ := os.Getwd()
	home, _ := os.UserHomeDir()
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "unstuck", "plugins")
	}
	return environment{
		getenv: os.Getenv, workDir: workDir, home: home, cache: cache,
		system: string(filepath.Separator), goos: runtime.GOOS, goarch: runtime.GOARCH,
	}
}

// project returns the folder of the project: the one asked for, that of UNSTUCK_HOME, or the module around
// the working directory, provided that it has a .lab. Only a folder with a go.mod counts there: any parent,
// /tmp for example, may belong to someone else.
func (e environment) project(asked string) string {
	for _, dir := range []string{asked, e.getenv("UNSTUCK_HOME")} {
		if dir == "" {
			continue
		}
		if abs, err := filepath.Abs(dir); err == nil {
			return abs
		}
	}
	if e.workDir == "" {
		return ""
	}
	for dir := e.workDir; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.mod")) {
			if exists(filepath.Join(dir, ".lab")) {
				return dir
			}
			return ""
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// gpus lists the device files of NVIDIA GPUs; on Windows' Linux subsystem that is /dev/dxg.
func (e environment) gpus() []string {
	var found []string
	for _, pattern := range []string{"dev/nvidia[0-9]*", "dev/dxg"} {
		matches, err := filepath.Glob(filepath.Join(e.system, pattern))
		if err == nil { // the only error is a malformed pattern, which these are not
			found = append(found, matches...)
		}
	}
	return found
}

// mattering lists the environment variables that a choice looks at and that are set.
func (e environment) mattering() map[string]string {
	set := make(map[string]string)
	for _, name := range []string{
		"GOMLX_BACKEND", ProgramsVariable, "PJRT_PLUGIN_LIBRARY_PATH", "UNSTUCK_HOME", "VIRTUAL_ENV", "CONDA_PREFIX",
		"XLA_FLAGS", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "GOMLX_NO_AUTO_INSTALL",
	} {
		if value := e.getenv(name); value != "" {
			set[name] = value
		}
	}
	return set
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
