package backend

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// Options says which backend to open; the zero value means: what GOMLX_BACKEND says, else the best there is.
type Options struct {
	// Name asks for one backend: "go", "xla:cpu", "xla:cuda", or "xla" for XLA on whatever there is.
	// GoMLX's own forms work too: "xla:/path/to/plugin.so", and settings after a comma as in
	// "xla:cuda,tf32=false". One is our own: "xla:cpu,devices=4" shows the CPU as four devices, to share trainings out over,
	// see fit.Options. Empty means the environment variable GOMLX_BACKEND, and when that is empty
	// too, or "auto", the choice is automatic.
	Name string
	// Project is the folder whose .lab/venv holds the plugins. Empty means the environment variable
	// UNSTUCK_HOME, else the module around the working directory.
	Project string
	// Install puts a plugin for the CPU into the folder library, GoMLX's own of this user, when XLA is wanted and no
	// plugin was found; autoinstall.CPU downloads one. Default: nil, nothing
	// is installed.
	Install func(ctx context.Context, library string) error
}

// request is what was asked for, taken apart.
type request struct {
	text     string // as given; empty when nothing was asked for
	by       string // who asked: "GOMLX_BACKEND" or "the caller"
	golang   bool   // pure Go
	platform string // "cpu", "cuda", or empty for any
	plugin   string // an explicit plugin file
	settings string // what followed the name's first comma (XLA) or colon (pure Go), for GoMLX
}

// automatic tells whether nothing in particular was asked for, so that falling back is no failure.
func (r request) automatic() bool { return r.text == "" }

func parseRequest(options Options, getenv func(string) string) (request, error) {
	text, by := options.Name, "the caller"
	if text == "" {
		text, by = getenv("GOMLX_BACKEND"), "GOMLX_BACKEND"
	}
	if text == "" || text == "auto" {
		return request{}, nil
	}
	r := request{text: text, by: by}
	kind, rest, _ := strings.Cut(text, ":")
	switch kind {
	case "go":
		r.golang, r.settings = true, rest
		return r, nil
	case "xla", "stablehlo", "shlo", "hlo": // GoMLX registers all four for the same backend
		name, settings, _ := strings.Cut(rest, ",")
		r.settings = settings
		switch {
		case name == "" || name == "cpu" || name == "cuda":
			r.platform = name
			return r, nil
		case filepath.IsAbs(name):
			r.plugin, r.platform = name, platformOf(name)
			return r, nil
		}
	}
	return request{}, fmt.Errorf(`backend: unknown backend %q (asked for by %s); valid names are "xla:cuda", "xla:cpu", "xla" (whichever there is), "xla:/absolute/path/to/plugin.so", "go" and "auto"`, text, by)
}
