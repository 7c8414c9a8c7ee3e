package backend

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Plugin is a PJRT plugin that was found, and what is known about it.
type Plugin struct {
	// Platform is "cpu" or "cuda".
	Platform string `json:"platform"`
	// Path is the absolute path of the shared library.
	Path string `json:"path"`
	// Origin says how it was found, such as "the project's environment"; empty if it was named outright.
	Origin string `json:"origin"`
	// Package and Version name the Python package that it came in; empty where there is none.
	Package string `json:"package,omitempty"`
	Version string `json:"version,omitempty"`
	// Size is the file's length in bytes.
	Size int64 `json:"size"`
	// SHA256 is the file's digest in hexadecimal; empty as long as it wasn't verified. Pinned tells that
	// the digest is the one that this project expects of that package.
	SHA256 string `json:"sha256,omitempty"`
	Pinned bool   `json:"pinned"`
	// API is the version of the PJRT interface that it speaks, such as "0.115"; empty when it wasn't tried.
	API string `json:"api,omitempty"`
	// Devices describes the devices that it offered when it was tried.
	Devices []string `json:"devices,omitempty"`
	// Problem says why it can't be used; empty when it can, or wasn't tried.
	Problem string `json:"problem,omitempty"`

	project string // the project that its environment belongs to, if any
	keeps   bool   // it loads programs that it has serialized
}

// String names the plugin for people: package and version, or the file, and where it comes from.
func (p Plugin) String() string {
	name := filepath.Base(p.Path)
	if p.Package != "" {
		name = p.Package + " " + p.Version
	}
	if p.Origin == "" {
		return name
	}
	return fmt.Sprintf("%s of %s", name, p.Origin)
}

// platformOf guesses from its file name what a plugin drives. A name that says nothing is taken for a CPU
// plugin, the kind that needs no device to be there.
func platformOf(path string) string {
	name := strings.ToLower(filepath.Base(path))
	if strings.Contains(name, "cuda") || strings.Contains(name, "nvidia") {
		return "cuda"
	}
	return "cpu"
}
